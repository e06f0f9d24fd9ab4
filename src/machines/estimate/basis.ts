import type { EstimatedJob } from './estimator.ts'

/** What the prediction of a job rests on: what it took in an earlier run, the user's estimate, or nothing. In seconds. */
export type Basis =
  | { readonly kind: 'earlier' | 'given'; readonly seconds: number }
  | { readonly kind: 'nothing'; readonly seconds: null }

type Estimated = Pick<EstimatedJob, 'earlierS' | 'timeS'>

const NOTHING: Basis = { kind: 'nothing', seconds: null }

/** What a job did says more than what was guessed of it. */
export function basisOf({ earlierS, timeS }: Estimated): Basis {
  if (earlierS !== undefined) return { kind: 'earlier', seconds: earlierS }
  return timeS === null ? NOTHING : { kind: 'given', seconds: timeS }
}

/** A job like this, but for the seconds that its prediction rests on; none for one that rests on nothing. */
export function withBasis<J extends Estimated>(job: J, seconds: number): J {
  const { kind } = basisOf(job)
  if (kind === 'nothing') return job
  return kind === 'earlier' ? { ...job, earlierS: seconds } : { ...job, timeS: seconds }
}
