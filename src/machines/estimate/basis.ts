import type { EstimatedJob } from './estimator.ts'

/**
 * What the prediction of a job rests on: the duration that it had in an earlier run, the user's estimate, or nothing.
 * Seconds, `null` for nothing.
 */
export type Basis =
  | { readonly kind: 'earlier' | 'given'; readonly seconds: number }
  | { readonly kind: 'nothing'; readonly seconds: null }

const NOTHING: Basis = { kind: 'nothing', seconds: null }

/** What a job did says more than what was guessed of it. */
export function basisOf({ earlierS, timeS }: Pick<EstimatedJob, 'earlierS' | 'timeS'>): Basis {
  if (earlierS !== undefined && earlierS !== null) return { kind: 'earlier', seconds: earlierS }
  return timeS === null ? NOTHING : { kind: 'given', seconds: timeS }
}
