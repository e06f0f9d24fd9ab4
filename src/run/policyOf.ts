import { policyFor } from '../machines/placement/policies.ts'
import type { Policy } from '../machines/placement/policy.ts'
import type { SchedulerOptions } from '../options.ts'

/** The policy that the options ask for: one of the user's own, or a built-in one. */
export function policyOf(options: Pick<SchedulerOptions, 'policy' | 'groupStarts' | 'probeGroups'>): Policy {
  return policyFor(options.policy, options)
}
