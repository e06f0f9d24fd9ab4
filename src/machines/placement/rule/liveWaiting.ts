import { predictedTotalS } from '../area.ts'
import type { Situation } from '../policy.ts'
import type { Bucket, PendingJob } from '../queue.ts'
import type { Prices } from './prices.ts'
import type { Shapes } from './shapes.ts'
import type { StarvingJob, Waiting, WaitingBucket } from './waiting.ts'

/**
 * The queue, as passes see it, as long as it has the same buckets: then these are numbered but once. Jobs are not
 * copied but looked up in their buckets.
 */
export class LiveWaiting implements Waiting {
  readonly buckets: readonly WaitingBucket[]
  starving: readonly StarvingJob[] = []
  /** By group. */
  readonly placedOf: Int32Array
  readonly #groups: readonly string[]
  #situation: Situation
  /** Placed in this pass: they are still in their buckets. */
  readonly #taken = new Set<PendingJob>()

  constructor(situation: Situation, shapes: Shapes) {
    const groups = new Map<string, number>()
    for (const { group } of situation.buckets) if (!groups.has(group)) groups.set(group, groups.size)
    this.#situation = situation
    this.#groups = [...groups.keys()]
    this.placedOf = new Int32Array(groups.size)
    this.buckets = situation.buckets.map(({ demand, group, priority }) => ({
      shape: shapes.of(demand),
      group: groups.get(group) ?? 0,
      priority,
    }))
  }

  /** Whether a situation has the buckets that were numbered here. */
  suits({ buckets }: Situation): boolean {
    return buckets === this.#situation.buckets
  }

  /** From now on the queue is that of this situation. */
  begin(situation: Situation): void {
    this.#situation = situation
    this.#taken.clear()
    this.#groups.forEach((group, i) => {
      this.placedOf[i] = situation.placedOf(group)
    })
    this.starving = (situation.starving?.() ?? []).flatMap(pending => this.#find(pending) ?? [])
  }

  /** Tells how much work waits. */
  addTo(prices: Prices): void {
    this.buckets.forEach(({ shape }, bucket) => {
      prices.addWaiting(shape, predictedTotalS(this.#situation, this.#bucket(bucket)))
    })
  }

  /** The job at a position. */
  at(bucket: number, position: number): PendingJob {
    const pending = this.#bucket(bucket).at(position)
    if (!pending) throw new RangeError(`no job waits at position ${position} of bucket ${bucket}`)
    return pending
  }

  next(bucket: number, from: number): number {
    const { size } = this.#bucket(bucket)
    let position = from
    while (position < size && this.#taken.has(this.at(bucket, position))) position++
    return position < size ? position : -1
  }

  secondsAt(bucket: number, position: number): number {
    return this.#situation.predict(this.at(bucket, position))
  }

  within(bucket: number, from: number, limitS: number): number {
    let low = from
    let high = this.#bucket(bucket).size
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.secondsAt(bucket, middle) > limitS) low = middle + 1
      else high = middle
    }
    return this.next(bucket, low)
  }

  take(bucket: number, position: number): void {
    this.#taken.add(this.at(bucket, position))
  }

  #bucket(bucket: number): Bucket {
    const found = this.#situation.buckets[bucket]
    if (!found) throw new RangeError(`there is no bucket ${bucket}`)
    return found
  }

  #find(pending: PendingJob): StarvingJob | null {
    for (const [bucket, { demand, priority }] of this.#situation.buckets.entries()) {
      if (demand.key !== pending.demand.key || priority !== pending.job.priority) continue
      const position = this.#bucket(bucket).positionOf(pending)
      if (position >= 0) return { bucket, position }
    }
    return null
  }
}
