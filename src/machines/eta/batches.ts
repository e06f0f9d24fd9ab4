import { type Distribution, medianS } from '../estimate/distribution.ts'
import type { UncertainRest, WaitingRest } from './rest.ts'

/** Jobs of a bucket that are simulated as one, end to end. Most often a single job. */
export interface Batch {
  readonly seq: number
  readonly jobs: number
  /** Of each of them. */
  readonly duration: Distribution
}

/** A bucket, its jobs in batches, the longest first. */
export interface BatchedBucket {
  readonly bucket: WaitingRest
  readonly batches: readonly Batch[]
  /** What the rule sees of each batch, seconds. */
  readonly predictedS: Float64Array
}

/** So many jobs of a batch are looked at for how long it takes. */
const LOOKS = 4

/**
 * The waiting jobs in at most about `most` batches, and one more for each bucket. With more jobs than that, k equal
 * neighbours in the order of durations run as one job that takes k times their mean. All work is still there and asks
 * for what it asked for; only at the end, batches are coarser than their jobs.
 */
export function inBatches({ buckets }: UncertainRest, most: number): BatchedBucket[] {
  const jobs = buckets.reduce((sum, { size }) => sum + size, 0)
  const each = Math.max(1, Math.ceil(jobs / most))
  return buckets.map(bucket => {
    const batches = batchesOf(bucket, each)
    return { bucket, batches, predictedS: Float64Array.from(batches, predictedOf) }
  })
}

/** From the short end on: a batch keeps its jobs while longer ones are placed. */
function batchesOf(bucket: WaitingRest, each: number): Batch[] {
  const { size } = bucket
  const number = Math.ceil(size / each)
  return Array.from({ length: number }, (_, i) => {
    const end = size - (number - 1 - i) * each
    return batchOf(bucket, Math.max(0, end - each), end)
  })
}

/** Jobs from a place in the order up to before another one, as one: as long as a few of them are on average. */
function batchOf(bucket: WaitingRest, from: number, to: number): Batch {
  const jobs = to - from
  const looks = Math.min(LOOKS, jobs)
  const seen = Array.from({ length: looks }, (_, i) =>
    bucket.at(from + Math.floor(((i + 0.5) * jobs) / looks)),
  )
  const [first] = seen
  if (!first) throw new RangeError('a batch has one job at least')
  if (jobs === 1) return { ...first, jobs }
  const meanS = seen.reduce((sum, { duration }) => sum + medianS(duration), 0) / looks
  return { seq: first.seq, jobs, duration: { ...first.duration, logMean: Math.log(meanS) } }
}

function predictedOf({ jobs, duration }: Batch): number {
  return jobs * medianS(duration)
}
