import { type Distribution, medianS } from '../estimate/distribution.ts'
import { areaS } from './area.ts'
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

/** So many jobs of a batch, or of a bucket, are looked at for how long all of them take. */
const LOOKS = 4
const BUCKET_LOOKS = 6

/** A batch takes at most this share of what is left of its bucket's work, and of the whole rest of the run. */
const SHARE_OF_BUCKET = 1 / 5
const SHARE_OF_REST = 1 / 10

/**
 * The waiting jobs, each for itself, or if there are more than `most` of them in batches: neighbours in the order of
 * durations run as one job that takes as long as all of them, one after the other. A batch takes a share of what is left
 * of its bucket's work: the later, the smaller, down to single jobs, so that the end is as fine as it is (as in guided
 * self-scheduling: C. D. Polychronopoulos, D. J. Kuck, IEEE Transactions on Computers C-36, 1987). None takes
 * more than a tenth of the rest of the run: jobs that do stay alone.
 */
export function inBatches({ nodes, buckets }: UncertainRest, most: number): BatchedBucket[] {
  const jobs = buckets.reduce((sum, { size }) => sum + size, 0)
  if (jobs <= most) return buckets.map(bucket => batched(bucket, singles(bucket)))
  const works = buckets.map(bucket => ({
    demand: bucket.demand,
    gpus: bucket.demand.gpus,
    seconds: meanS(bucket, 0, bucket.size, BUCKET_LOOKS) * bucket.size,
  }))
  const mostS = SHARE_OF_REST * areaS(nodes, works)
  return buckets.map(bucket => batched(bucket, shrinking(bucket, mostS)))
}

function batched(bucket: WaitingRest, batches: readonly Batch[]): BatchedBucket {
  return { bucket, batches, predictedS: Float64Array.from(batches, predictedOf) }
}

function singles(bucket: WaitingRest): Batch[] {
  return Array.from({ length: bucket.size }, (_, position) => ({ ...bucket.at(position), jobs: 1 }))
}

/** Batches of a share of what is left of a bucket's work each, and of at most so many seconds. */
function shrinking(bucket: WaitingRest, mostS: number): Batch[] {
  const batches: Batch[] = []
  for (let from = 0; from < bucket.size; ) {
    const left = bucket.size - from
    const shareS = meanS(bucket, from, bucket.size, BUCKET_LOOKS) * left * SHARE_OF_BUCKET
    const jobs = Math.floor(Math.min(shareS, mostS) / medianS(bucket.at(from).duration))
    const to = from + Math.min(left, Math.max(1, jobs))
    batches.push(batchOf(bucket, from, to))
    from = to
  }
  // Parts differ a little in length: the rule is to see the longest first.
  return batches.sort((a, b) => predictedOf(b) - predictedOf(a))
}

/** Jobs from a place in the order up to before another one, as one: as long as a few of them are on average. */
function batchOf(bucket: WaitingRest, from: number, to: number): Batch {
  const jobs = to - from
  const first = bucket.at(from)
  if (jobs === 1) return { ...first, jobs }
  const logMean = Math.log(meanS(bucket, from, to, Math.min(LOOKS, jobs)))
  return { seq: first.seq, jobs, duration: { ...first.duration, logMean } }
}

/** Mean of the median durations of jobs from a place up to before another one, by so many evenly spread of them. */
function meanS(bucket: WaitingRest, from: number, to: number, looks: number): number {
  let sum = 0
  for (let i = 0; i < looks; i++) {
    const position = from + Math.floor(((i + 0.5) * (to - from)) / looks)
    sum += medianS(bucket.at(position).duration)
  }
  return sum / looks
}

function predictedOf({ jobs, duration }: Batch): number {
  return jobs * medianS(duration)
}
