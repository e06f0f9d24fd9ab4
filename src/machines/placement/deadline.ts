import type { Bucket, PendingJob } from './queue.ts'

/** Predicted duration of a waiting job in seconds. */
type Predict = (pending: PendingJob) => number

/**
 * By when jobs have to have ended, and which of those that wait still can: a job that would not end in time is not
 * shown to the policy. It waits on, since a better prediction or a later deadline may bring it back.
 */
export class Deadline {
  /** Ms since the epoch; `null` for none. */
  at: number | null = null
  /** What ends then, as in "stopped by the end of the allocation"; empty where there is no deadline. */
  by = ''
  readonly #views = new WeakMap<Bucket, BucketInTime>()
  #list: readonly Bucket[] = []

  /** Whether a job that starts now is expected to end in time. */
  allows(pending: PendingJob, now: number, predict: Predict): boolean {
    return this.at === null || predict(pending) <= (this.at - now) / 1000
  }

  /** The buckets, without the jobs that would not end in time: the same list as before where there are the same. */
  inTime(buckets: readonly Bucket[], now: number, predict: Predict): readonly Bucket[] {
    if (this.at === null) return buckets
    const leftS = (this.at - now) / 1000
    const list = buckets
      .map(bucket => this.#viewOf(bucket).within(leftS, predict))
      .filter(({ size }) => size > 0)
    if (!isSame(list, this.#list)) this.#list = list
    return this.#list
  }

  #viewOf(bucket: Bucket): BucketInTime {
    const known = this.#views.get(bucket)
    if (known) return known
    const view = new BucketInTime(bucket)
    this.#views.set(bucket, view)
    return view
  }
}

function isSame(list: readonly Bucket[], other: readonly Bucket[]): boolean {
  return list.length === other.length && list.every((bucket, i) => bucket === other[i])
}

/** The end of a bucket: since the longest is first, the jobs that would not end in time are those in front. */
class BucketInTime implements Bucket {
  readonly #whole: Bucket
  #late = 0
  /** How often another number of jobs was late. */
  #moves = 0

  constructor(whole: Bucket) {
    this.#whole = whole
  }

  /** From now on it holds what lasts at most so many seconds. */
  within(leftS: number, predict: Predict): this {
    const late = lateIn(this.#whole, leftS, predict)
    if (late !== this.#late) this.#moves++
    this.#late = late
    return this
  }

  get key() {
    return this.#whole.key
  }

  get demand() {
    return this.#whole.demand
  }

  get group() {
    return this.#whole.group
  }

  get priority() {
    return this.#whole.priority
  }

  get estimated() {
    return this.#whole.estimated
  }

  get size() {
    return Math.max(0, this.#whole.size - this.#late)
  }

  /** As if those that are left were as long as all. */
  get totalTimeS() {
    return this.#late === 0 ? this.#whole.totalTimeS : (this.#whole.totalTimeS * this.size) / this.#whole.size
  }

  get usualTimeS() {
    return this.#whole.usualTimeS
  }

  get changes() {
    return this.#whole.changes + this.#moves
  }

  at(position: number): PendingJob | undefined {
    return this.#whole.at(position + this.#late)
  }

  positionOf(pending: PendingJob): number {
    return Math.max(-1, this.#whole.positionOf(pending) - this.#late)
  }
}

/** How many jobs at the front of a bucket last longer than so many seconds. */
function lateIn(bucket: Bucket, leftS: number, predict: Predict): number {
  let [low, high] = [0, bucket.size]
  while (low < high) {
    const middle = (low + high) >> 1
    const pending = bucket.at(middle)
    if (pending && predict(pending) > leftS) low = middle + 1
    else high = middle
  }
  return low
}
