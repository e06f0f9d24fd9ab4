import { withBasis } from '../estimate/basis.ts'
import type { Situation } from './policy.ts'
import type { Bucket } from './queue.ts'

/**
 * Predicted seconds of all jobs of a bucket together: their own estimates, stretched as that of a job is whose length is
 * usual for the work in it. Where predictions grow with a power of the estimate, that is right to the second order in
 * how far the power is from 1.
 */
export function predictedTotalS(situation: Pick<Situation, 'predict'>, bucket: Bucket): number {
  const longest = bucket.at(0)
  if (!longest) return 0
  const { usualTimeS: timeS, totalTimeS, size } = bucket
  if (!(timeS > 0)) return situation.predict(longest) * size
  return (situation.predict({ ...longest, job: withBasis(longest.job, timeS) }) / timeS) * totalTimeS
}
