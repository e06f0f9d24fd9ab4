import { sampleS, secondsOf } from '../estimate/distribution.ts'
import { normalQuantile } from '../normal.ts'
import type { Batch, BatchedBucket } from './batches.ts'
import { type Draws, saltOf } from './draws.ts'
import type { RunningRest } from './rest.ts'

/** Seconds that each running job runs yet, in a future. The same number draws the same for the same job at any time. */
export function runningS(running: readonly RunningRest[], draws: Draws, future: number): Float64Array {
  return Float64Array.from(running, ({ group, seq, duration, elapsedS }) => {
    const allS = sampleS(duration, sharedZ(draws, group, future), own(draws, seq, future), elapsedS)
    return allS - elapsedS
  })
}

/** Seconds of each waiting batch in a future, bucket after bucket. */
export function pendingS(buckets: readonly BatchedBucket[], draws: Draws, future: number): Float64Array {
  const seconds = new Float64Array(buckets.reduce((sum, { batches }) => sum + batches.length, 0))
  let position = 0
  for (const { bucket, batches } of buckets) {
    const shared = sharedZ(draws, bucket.group, future)
    for (const batch of batches) seconds[position++] = batchS(batch, shared, own(draws, batch.seq, future))
  }
  return seconds
}

/** What the jobs of a group have in common in a future: all late, or all early. */
function sharedZ(draws: Draws, group: string, future: number): number {
  return normalQuantile(draws.of(saltOf(group), future))
}

/** What is a job's own; salts of jobs are whole numbers from 0 on, far from most of those of texts. */
function own(draws: Draws, seq: number, future: number): number {
  return draws.of(seq, future)
}

/**
 * Seconds of a batch: of a sum of k log-normal durations, taken as log-normal with the sum's mean and variance
 * (L. F. Fenton, "The sum of log-normal probability distributions in scatter transmission systems", IRE Transactions
 * on Communications Systems 8, 1960).
 */
function batchS({ jobs, duration }: Batch, shared: number, u: number): number {
  if (jobs === 1) return sampleS(duration, shared, u)
  const { logMean, sharedSd, ownSd } = duration
  const variance = Math.log1p(Math.expm1(ownSd ** 2) / jobs)
  const logOfMean = logMean + sharedSd * shared + ownSd ** 2 / 2 + Math.log(jobs)
  return secondsOf(logOfMean - variance / 2 + Math.sqrt(variance) * normalQuantile(u))
}
