import type { Policy } from '../placement/policy.ts'
import { BALANCED_RESERVE, type Rule } from '../placement/rule/rule.ts'
import { type RuleOptions, rulePolicy } from '../placement/rulePolicy.ts'

/** A policy that places by the rule in force, which a search may replace at any time. */
export interface Portfolio extends Policy {
  readonly rule: Rule
  /** Places by this rule from the next pass on. */
  use(rule: Rule): void
}

/**
 * The portfolio: begins as balanced-reserve; a search beside the run replaces the rule by one that ends what is left of
 * the run sooner. It never waits for a search: without one it stays with the rule that it has.
 */
export function portfolio(options: RuleOptions = {}): Portfolio {
  let rule: Rule = { ...BALANCED_RESERVE, ...options }
  let inForce = rulePolicy(rule)
  return {
    name: 'portfolio',
    get rule() {
      return rule
    },
    use(next) {
      rule = { ...next, ...options }
      inForce = rulePolicy(rule)
    },
    decide: (situation, trace) => inForce.decide(situation, trace),
  }
}

/** Whether a policy lets its rule be replaced. */
export function isPortfolio(policy: Policy): policy is Portfolio {
  return 'use' in policy && typeof policy.use === 'function' && policy.rule !== undefined
}
