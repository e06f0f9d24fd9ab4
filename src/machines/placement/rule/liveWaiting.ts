import type { Situation } from '../policy.ts'
import type { Bucket, PendingJob } from '../queue.ts'
import type { Prices } from './prices.ts'
import type { Shapes } from './shapes.ts'
import { Stretches } from './stretches.ts'
import type { StarvingJob, Waiting, WaitingBucket } from './waiting.ts'

/**
 * The queue, as passes see it, as long as it has the same buckets: then these are numbered but once. Jobs are not
 * copied but looked up in their buckets.
 */
export class LiveWaiting implements Waiting {
  readonly buckets: readonly WaitingBucket[]
  readonly versions: Int32Array
  starving: readonly StarvingJob[] = []
  /** By group. */
  readonly placedOf: Int32Array
  /** By bucket: predicted seconds of all its jobs together, and its version then. */
  readonly #totalS: Float64Array
  readonly #counted: Int32Array
  /** By bucket: its `changes` when it was looked at last. */
  readonly #seen: Int32Array
  readonly #groups: readonly string[]
  #situation: Situation
  readonly #stretches: Stretches
  /** Placed in this pass, and where: they are still in their buckets. */
  readonly #taken = new Set<PendingJob>()
  readonly #takenFrom: number[] = []

  constructor(situation: Situation, shapes: Shapes) {
    const groups = new Map<string, number>()
    for (const { group } of situation.buckets) if (!groups.has(group)) groups.set(group, groups.size)
    this.#situation = situation
    this.#stretches = new Stretches(situation.buckets.length)
    this.#groups = [...groups.keys()]
    this.placedOf = new Int32Array(groups.size)
    this.versions = new Int32Array(situation.buckets.length)
    this.#totalS = new Float64Array(situation.buckets.length)
    this.#counted = new Int32Array(situation.buckets.length).fill(-1)
    this.#seen = new Int32Array(situation.buckets.length).fill(-1)
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

  /** From now on the queue is that of this situation: what has changed there is looked at again. */
  begin(situation: Situation): void {
    if (situation.predict !== this.#situation.predict) this.#forget()
    this.#situation = situation
    for (const bucket of this.#takenFrom) this.#change(bucket)
    this.#takenFrom.length = 0
    this.#taken.clear()
    for (let bucket = 0; bucket < this.#seen.length; bucket++) this.#look(bucket)
    this.#groups.forEach((group, i) => {
      this.placedOf[i] = situation.placedOf(group)
    })
    this.starving = (situation.starving?.() ?? []).flatMap(pending => this.#find(pending) ?? [])
  }

  /** Tells how much work waits. */
  addTo(prices: Prices): void {
    for (let bucket = 0; bucket < this.buckets.length; bucket++) {
      if (this.#counted[bucket] !== this.versions[bucket]) this.#count(bucket)
      prices.addWaiting(this.buckets[bucket]?.shape ?? 0, this.#totalS[bucket] ?? 0)
    }
  }

  /** The job at a position. */
  at(bucket: number, position: number): PendingJob {
    const pending = this.#bucket(bucket).at(position)
    if (!pending) throw new RangeError(`no job waits at position ${position} of bucket ${bucket}`)
    return pending
  }

  next(bucket: number, from: number): number {
    const { size } = this.#bucket(bucket)
    if (this.#taken.size === 0) return from < size ? from : -1
    let position = from
    while (position < size && this.#taken.has(this.at(bucket, position))) position++
    return position < size ? position : -1
  }

  secondsAt(bucket: number, position: number): number {
    return this.#situation.predict(this.at(bucket, position))
  }

  /**
   * Counted from the shortest on, by powers of two: so that the same few jobs are asked for, pass after pass, and their
   * predictions are there already.
   */
  within(bucket: number, from: number, limitS: number): number {
    const jobs = this.#bucket(bucket)
    const { predict } = this.#situation
    const { size } = jobs
    const most = size - from
    let shorter = 0
    for (let step = 1 << (31 - Math.clz32(Math.max(1, most))); step >= 1; step >>= 1) {
      const next = shorter + step
      if (next > most) continue
      const pending = jobs.at(size - next)
      if (pending && predict(pending) <= limitS) shorter = next
    }
    return this.next(bucket, size - shorter)
  }

  take(bucket: number, position: number): void {
    this.#taken.add(this.at(bucket, position))
    this.#takenFrom.push(bucket)
  }

  #forget(): void {
    this.#stretches.forget()
    this.#seen.fill(-1)
  }

  #look(bucket: number): void {
    const { changes } = this.#bucket(bucket)
    if (changes === this.#seen[bucket]) return
    this.#seen[bucket] = changes
    this.#change(bucket)
  }

  #count(bucket: number): void {
    this.#counted[bucket] = this.versions[bucket] ?? 0
    this.#totalS[bucket] = this.#stretches.totalS(this.#situation, bucket)
  }

  #change(bucket: number): void {
    this.versions[bucket] = (this.versions[bucket] ?? 0) + 1
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
