import type { Policy } from '../placement/policy.ts'
import { BALANCED_RESERVE, type Rule } from '../placement/rule/rule.ts'
import { type RuleOptions, rulePolicy } from '../placement/rulePolicy.ts'

/** A policy that places by the rule in force, which a search may replace at any time. */
export interface Portfolio extends Policy {
  readonly rule: Rule
  /** So many jobs of each group go first as long as durations are uncertain. */
  readonly groupStarts: number
  /** Places by this rule from the next pass on. */
  use(rule: Rule): void
}

/** Two of each group tell how long it takes; without, a group that comes last surprises when nothing is left beside it. */
const GROUP_STARTS = 2

/**
 * What may turn out to take as long as the rest of the run goes first: where predictions are off by a factor of two, that
 * is a job of a third of it. With durations that are known this costs nothing.
 */
const FINISHER_SHARE = 0.35

/**
 * The portfolio: begins as balanced-reserve, more careful about what might set the end; a search beside the run replaces
 * the rule by one that ends what is left of the run sooner. It never waits for a search: without one it stays with the
 * rule that it has.
 */
export function portfolio({ groupStarts = GROUP_STARTS }: RuleOptions = {}): Portfolio {
  let rule: Rule = { ...BALANCED_RESERVE, finisherShare: FINISHER_SHARE, groupStarts }
  let inForce = rulePolicy(rule)
  return {
    name: 'portfolio',
    groupStarts,
    get rule() {
      return rule
    },
    use(next) {
      rule = next
      inForce = rulePolicy(rule)
    },
    decide: (situation, trace) => inForce.decide(situation, trace),
  }
}

/** Whether a policy lets its rule be replaced. */
export function isPortfolio(policy: Policy): policy is Portfolio {
  return 'use' in policy && typeof policy.use === 'function' && policy.rule !== undefined
}
