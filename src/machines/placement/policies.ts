import { portfolio } from '../search/portfolio.ts'
import type { Policy } from './policy.ts'
import { probeGroups } from './probeGroups.ts'
import { balancedReserve, longestFirst, type RuleOptions } from './rulePolicy.ts'

const BUILT_IN = { 'longest-first': longestFirst, 'balanced-reserve': balancedReserve, portfolio } as const

/** Name of a built-in policy. */
export type PolicyName = keyof typeof BUILT_IN

/** Names of the built-in policies. */
export const POLICY_NAMES = Object.keys(BUILT_IN) as readonly PolicyName[]

/** The policy that decides where nobody chose one. */
export const DEFAULT_POLICY: PolicyName = 'portfolio'

/** What can be told to a policy that is chosen. */
export interface PolicyOptions extends RuleOptions {
  /** Start two cheap jobs of each group first. Default false. */
  readonly probeGroups?: boolean
}

/** A built-in policy, or a policy of the user's own as it is; behind probes where they are asked for. */
export function policyFor(
  policy: PolicyName | Policy = DEFAULT_POLICY,
  { groupStarts, probeGroups: probes = false }: PolicyOptions = {},
): Policy {
  const chosen =
    typeof policy === 'object' ? policy : BUILT_IN[policy](groupStarts === undefined ? {} : { groupStarts })
  return probes ? probeGroups(chosen) : chosen
}
