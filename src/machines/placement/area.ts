import { withBasis } from '../estimate/basis.ts'
import type { Situation } from './policy.ts'
import type { Bucket, PendingJob } from './queue.ts'

type Predict = Situation['predict']

/**
 * Predicted seconds of all jobs of a bucket together: their own estimates, stretched as that of a job is whose length is
 * usual for the work in it. Where predictions grow with a power of the estimate, that is right to the second order in
 * how far the power is from 1.
 */
export function predictedTotalS({ predict }: Pick<Situation, 'predict'>, bucket: Bucket): number {
  const longest = bucket.at(0)
  if (!longest) return 0
  if (!(bucket.totalTimeS > 0)) return predict(longest) * bucket.size
  return stretchOf(predict, bucket, longest) * bucket.totalTimeS
}

/** How a bucket's estimates are stretched; found again when an eighth of its jobs has come or gone. */
function stretchOf(predict: Predict, bucket: Bucket, longest: PendingJob): number {
  const ofPredict = known.get(predict) ?? new WeakMap()
  known.set(predict, ofPredict)
  const before = ofPredict.get(bucket)
  if (before && Math.abs(bucket.size - before.size) * 8 <= before.size) return before.stretch
  const timeS = bucket.usualTimeS
  const stretch = predict({ ...longest, job: withBasis(longest.job, timeS) }) / timeS
  ofPredict.set(bucket, { size: bucket.size, stretch })
  return stretch
}

/** By predictions, which are the same function as long as they are the same. */
const known = new WeakMap<Predict, WeakMap<Bucket, { readonly size: number; readonly stretch: number }>>()
