import { portfolio } from '../search/portfolio.ts'
import type { Policy } from './policy.ts'
import { balancedReserve, longestFirst, type RuleOptions } from './rulePolicy.ts'

const BUILT_IN = { 'longest-first': longestFirst, 'balanced-reserve': balancedReserve, portfolio } as const

/** Name of a built-in policy. */
export type PolicyName = keyof typeof BUILT_IN

/** Names of the built-in policies. */
export const POLICY_NAMES = Object.keys(BUILT_IN) as readonly PolicyName[]

/** The policy that decides where nobody chose one. */
export const DEFAULT_POLICY: PolicyName = 'portfolio'

/** A built-in policy, or a policy of the user's own as it is. */
export function policyFor(
  policy: PolicyName | Policy = DEFAULT_POLICY,
  { groupStarts }: RuleOptions = {},
): Policy {
  if (typeof policy === 'object') return policy
  return BUILT_IN[policy](groupStarts === undefined ? {} : { groupStarts })
}
