import type { Job } from '../../job.ts'
import { basisOf } from '../estimate/basis.ts'
import type { Demand } from './demand.ts'

/** A job that waits for a place. */
export interface PendingJob {
  readonly job: Job
  readonly demand: Demand
  /** Position in the order in which jobs were added: of equal jobs the earlier goes first. */
  readonly seq: number
  /** Attempts that were started before. */
  readonly attempts: number
  /** How often it lost its place with a node, which counts as no attempt. Default 0. */
  readonly losses?: number
  /** How many of its attempts ran out of memory: its demand has grown since. Default 0. */
  readonly grown?: number
}

/**
 * Waiting jobs that are interchangeable for placement: equal demand, group and priority. The longest is first; a
 * learned group factor stretches all alike, so it never reorders a bucket.
 */
export interface Bucket {
  readonly key: string
  readonly demand: Demand
  readonly group: string
  readonly priority: number
  /** Whether there is an estimate of each: the user's, or what it took in an earlier run. */
  readonly estimated: boolean
  readonly size: number
  /** Sum of these estimates in seconds; 0 where there are none. */
  readonly totalTimeS: number
  /**
   * Geometric mean of these estimates in seconds, each weighted by itself: about half of the work is in jobs that
   * are longer. 0 where there are none.
   */
  readonly usualTimeS: number
  /** The job at a place in the order, 0 for the longest. */
  at(position: number): PendingJob | undefined
}

/** The jobs that wait, in buckets. Owned by the scheduler: nobody else changes it. */
export class PendingQueue {
  readonly #buckets = new Map<string, OrderedBucket>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The buckets that hold a job. */
  *buckets(): Iterable<Bucket> {
    for (const bucket of this.#buckets.values()) if (bucket.size > 0) yield bucket
  }

  add(pending: PendingJob): void {
    const key = bucketKey(pending)
    const bucket = this.#buckets.get(key) ?? new OrderedBucket(key, pending)
    this.#buckets.set(key, bucket)
    bucket.add(pending)
    this.#size++
  }

  /** Takes a job out. `false` when it does not wait here. */
  remove(pending: PendingJob): boolean {
    const key = bucketKey(pending)
    const bucket = this.#buckets.get(key)
    if (!bucket?.remove(pending)) return false
    if (bucket.size === 0) this.#buckets.delete(key)
    this.#size--
    return true
  }
}

function bucketKey({ job, demand }: PendingJob): string {
  return `${job.priority}|${basisOf(job).kind}|${job.group}|${demand.key}`
}

/** Kept ascending, so that the longest is taken from the end. Additions are sorted in when someone looks. */
class OrderedBucket implements Bucket {
  readonly key: string
  readonly demand: Demand
  readonly group: string
  readonly priority: number
  readonly estimated: boolean
  totalTimeS = 0
  /** Sum of timeS · ln timeS. */
  #totalTimeLog = 0
  #ordered: PendingJob[] = []
  #added: PendingJob[] = []

  constructor(key: string, { job, demand }: PendingJob) {
    this.key = key
    this.demand = demand
    this.group = job.group
    this.priority = job.priority
    this.estimated = basisOf(job).seconds !== null
  }

  get size(): number {
    return this.#ordered.length + this.#added.length
  }

  get usualTimeS(): number {
    return this.totalTimeS > 0 ? Math.exp(this.#totalTimeLog / this.totalTimeS) : 0
  }

  at(position: number): PendingJob | undefined {
    this.#sortIn()
    return this.#ordered[this.#ordered.length - 1 - position]
  }

  add(pending: PendingJob): void {
    this.#added.push(pending)
    this.#count(estimateOf(pending))
  }

  remove(pending: PendingJob): boolean {
    this.#sortIn()
    const position = lowerBound(this.#ordered, pending)
    if (this.#ordered[position] !== pending) return false
    if (position === this.#ordered.length - 1) this.#ordered.pop()
    else this.#ordered.splice(position, 1)
    this.#discount(estimateOf(pending))
    return true
  }

  #count(timeS: number): void {
    this.totalTimeS += timeS
    if (timeS > 0) this.#totalTimeLog += timeS * Math.log(timeS)
  }

  /** Sums of nothing are 0, whatever was rounded before. */
  #discount(timeS: number): void {
    this.totalTimeS = this.size === 0 ? 0 : this.totalTimeS - timeS
    if (timeS > 0) this.#totalTimeLog = this.size === 0 ? 0 : this.#totalTimeLog - timeS * Math.log(timeS)
  }

  #sortIn(): void {
    if (this.#added.length === 0) return
    const few = this.#added.length < 8
    if (few)
      for (const pending of this.#added) this.#ordered.splice(lowerBound(this.#ordered, pending), 0, pending)
    else this.#ordered = this.#ordered.concat(this.#added).sort(ascending)
    this.#added = []
  }
}

function ascending(a: PendingJob, b: PendingJob): number {
  return estimateOf(a) - estimateOf(b) || b.seq - a.seq
}

/** What orders a bucket, and what all of it is predicted from: seconds, 0 for nothing. */
function estimateOf({ job }: PendingJob): number {
  return basisOf(job).seconds ?? 0
}

/** First position whose job is not below the given one. */
function lowerBound(ordered: readonly PendingJob[], pending: PendingJob): number {
  let low = 0
  let high = ordered.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const at = ordered[middle]
    if (at && ascending(at, pending) < 0) low = middle + 1
    else high = middle
  }
  return low
}
