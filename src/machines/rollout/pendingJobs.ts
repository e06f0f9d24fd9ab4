import type { StarvingJob, Waiting, WaitingBucket } from '../placement/rule/waiting.ts'

/**
 * The waiting jobs of a rollout: all in one list, bucket after bucket, each with the longest first. A job's number is
 * its place in that list. Jobs that were placed are skipped by links that are shortened as they are followed.
 */
export class PendingJobs implements Waiting {
  readonly buckets: readonly WaitingBucket[]
  /** Nothing more arrives, so nothing is passed over for ever. */
  readonly starving: readonly StarvingJob[] = []
  readonly versions: Int32Array
  readonly #seconds: Float64Array
  /** Number of each bucket's first job; of the one after the last as well. */
  readonly #first: Int32Array
  /** For a job that was placed a later number, for one that waits its own. */
  readonly #link: Int32Array

  constructor(buckets: readonly WaitingBucket[], first: Int32Array, seconds: Float64Array) {
    this.buckets = buckets
    this.versions = new Int32Array(buckets.length)
    this.#first = first
    this.#seconds = seconds
    this.#link = Int32Array.from({ length: seconds.length + 1 }, (_, job) => job)
  }

  next(bucket: number, from: number): number {
    const job = this.#waitingFrom(Math.max(from, this.#first[bucket] ?? 0))
    return job < (this.#first[bucket + 1] ?? 0) ? job : -1
  }

  secondsAt(_bucket: number, job: number): number {
    return this.#seconds[job] ?? 0
  }

  within(bucket: number, from: number, limitS: number): number {
    let low = from
    let high = this.#first[bucket + 1] ?? 0
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#seconds[middle] ?? 0) > limitS) low = middle + 1
      else high = middle
    }
    return this.next(bucket, low)
  }

  take(bucket: number, job: number): void {
    this.versions[bucket] = (this.versions[bucket] ?? 0) + 1
    this.#link[job] = job + 1
  }

  #waitingFrom(start: number): number {
    let job = start
    for (let next = this.#link[job] ?? job; next !== job; next = this.#link[job] ?? job) {
      this.#link[job] = this.#link[next] ?? next
      job = this.#link[job] ?? next
    }
    return job
  }
}
