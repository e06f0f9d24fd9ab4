import type { Decision } from './policy.ts'

/**
 * The decisions of a policy, which may be a user's own and untyped: what is no decision would break the ledger that
 * reads it. Throws a `TypeError` that says what was expected.
 */
export function wellFormed(decisions: unknown): readonly Decision[] {
  if (!Array.isArray(decisions)) throw new TypeError('expected decide() to return a list of decisions')
  if (!decisions.every(isDecision))
    throw new TypeError('expected each decision to have a pending job, the name of a node and a grant')
  return decisions
}

function isDecision(decision: Partial<Decision> | null | undefined): boolean {
  const { pending, node, grant } = decision ?? {}
  return (
    typeof pending?.job?.id === 'string' &&
    typeof node === 'string' &&
    Array.isArray(grant?.cores) &&
    Array.isArray(grant.gpus) &&
    Array.isArray(grant.resources) &&
    grant.resources.every(Array.isArray)
  )
}
