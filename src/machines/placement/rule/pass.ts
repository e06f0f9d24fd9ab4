import { type Candidate, goesBefore, nobody, wins } from './candidate.ts'
import type { Cluster } from './cluster.ts'
import { Heads } from './heads.ts'
import { type KeyParts, Keys } from './keys.ts'
import { type Level, type Lot, levelsOf } from './levels.ts'
import { chooseNode } from './nodeChoice.ts'
import type { Prices } from './prices.ts'
import { Reservation } from './reservation.ts'
import type { Rule } from './rule.ts'
import type { Running } from './running.ts'
import type { Waiting, WaitingBucket } from './waiting.ts'

/** Hears of each placement: the bucket, the position of the job in it, the node, and the slot in `Running`. */
export type OnPlaced = (bucket: number, position: number, node: number, slot: number) => void

/** What passes work on, and change. */
export interface PassParts extends KeyParts {
  readonly cluster: Cluster
  readonly running: Running
}

/** A place that is kept for the job at a position of a bucket. */
export interface KeptPlace {
  readonly bucket: number
  readonly position: number
  readonly node: number
  /** When the job is expected to fit there. */
  readonly at: number
}

/** As long as they like, in seconds. */
const ANY = Number.POSITIVE_INFINITY

const NOBODY: WaitingBucket = { shape: -1, group: -1, priority: 0 }

/**
 * Placement passes by a rule over the same jobs and nodes: what a policy decides at a moment, and what a rollout
 * repeats until nothing waits. Times are seconds of one clock.
 */
export class Pass {
  /** Nodes that are kept for starving jobs, from when on in the last pass. */
  readonly closed: number[] = []
  readonly #cluster: Cluster
  readonly #running: Running
  readonly #prices: Prices
  readonly #waiting: Waiting
  readonly #rule: Rule
  readonly #placedOf: Int32Array
  readonly #levels: Level[]
  readonly #heads: Heads
  readonly #keys: Keys
  readonly #reservation: Reservation
  readonly #best = nobody()
  readonly #blocked = nobody()
  /** For whom there is a reservation. */
  #reservedBucket = -1
  #reservedPosition = -1
  #now = 0
  /** So many jobs may still be placed. */
  #left = 0
  /** Nothing shorter is placed (threshold rule). */
  #shortestS = 0
  /** Lots that fit only where their jobs have to end in time, what counts most first. */
  readonly #limited: Lot[] = []
  /** Shapes for which no place was found even after all that runs. */
  #hopeless = new Set<number>()

  constructor(parts: PassParts) {
    const { cluster, running, prices, waiting, rule, placedOf } = parts
    this.#cluster = cluster
    this.#running = running
    this.#prices = prices
    this.#waiting = waiting
    this.#rule = rule
    this.#placedOf = placedOf
    this.#levels = levelsOf(waiting)
    this.#heads = new Heads(waiting)
    this.#reservation = new Reservation(cluster, running)
    this.#keys = new Keys(cluster.shapes.count, parts)
  }

  /** Whether anything that waits fits anywhere now. */
  mayPlace(now: number): boolean {
    this.#begin(now)
    return this.#levels.some(level => level.lots.some(lot => this.#mayFit(lot)))
  }

  /** Places what the rule places now, until nothing fits, or `most` jobs are placed. */
  run(now: number, placed: OnPlaced, most: number = Number.POSITIVE_INFINITY): void {
    if (!this.mayPlace(now)) return
    this.#left = most
    this.#reckon()
    for (const level of this.#levels) {
      this.#rescue(level, placed)
      this.#placeLevel(level, placed)
    }
  }

  /** Whether a lot fits somewhere and holds a job. Buckets that have run empty are dropped. */
  #mayFit({ shape, buckets }: Lot): boolean {
    if ((this.#cluster.fitting[shape] ?? 0) === 0) return false
    while (buckets.length > 0 && this.#heads.at(buckets[buckets.length - 1] ?? 0) < 0) buckets.pop()
    return buckets.length > 0
  }

  /**
   * The place that is kept after the last run for a job which fits nowhere, also if nothing else has wanted it; `null`
   * where there is none.
   */
  kept(): KeptPlace | null {
    this.#reckon()
    for (const level of this.#levels) if (this.#reservation.node < 0) this.#reserveFor(level)
    const { node, at } = this.#reservation
    return node < 0 ? null : { bucket: this.#reservedBucket, position: this.#reservedPosition, node, at }
  }

  #reserveFor(level: Level): void {
    do {
      this.#scan(level)
    } while (this.#blocked.bucket >= 0 && !this.#reserve())
  }

  #begin(now: number): void {
    this.#now = now
    this.closed.length = 0
    this.#heads.begin()
    this.#reservation.clear()
    this.#shortestS = 0
    this.#hopeless.clear()
  }

  #reckon(): void {
    const now = this.#now
    this.#running.extendOverdue(now, (slot, byS) =>
      this.#prices.extended(this.#running.shape[slot] ?? 0, byS),
    )
    this.#prices.reckon(now, this.#running.latest())
  }

  /** A starving job is placed, or all nodes that could hold it are kept for it. */
  #rescue({ priority }: Level, placed: OnPlaced): void {
    for (const { bucket, position } of this.#waiting.starving) {
      const { shape, priority: own } = this.#waiting.buckets[bucket] ?? NOBODY
      if (own !== priority) continue
      const seconds = this.#waiting.secondsAt(bucket, position)
      const limitS = this.#isLimited(shape) ? this.#reservation.at - this.#now : ANY
      if ((this.#cluster.fitting[shape] ?? 0) > 0 && seconds <= limitS) this.#place(bucket, position, placed)
      else this.#closeFor(shape)
    }
  }

  #closeFor(shape: number): void {
    for (let node = 0; node < this.#cluster.nodes; node++) {
      if (this.#cluster.fitsEmpty[shape * this.#cluster.nodes + node] !== 1) continue
      this.#cluster.close(node)
      this.closed.push(node)
    }
  }

  #placeLevel(level: Level, placed: OnPlaced): void {
    this.#keys.longestS = this.#rule.groupStarts > 0 ? this.#longestOf(level, false) : 0
    const isLast = level === this.#levels.at(-1)
    while (this.#left > 0) {
      this.#scan(level)
      if (this.#best.bucket < 0 && (isLast || this.#blocked.bucket < 0)) return
      if (goesBefore(this.#best, this.#blocked))
        this.#place(this.#best.bucket, this.#heads.at(this.#best.bucket), placed)
      else this.#reserve()
    }
  }

  /** Keeps a place for the first that fits nowhere. `false` where none will be free even after all that runs. */
  #reserve(): boolean {
    const { bucket, shape } = this.#blocked
    this.#reservedBucket = bucket
    this.#reservedPosition = this.#heads.at(bucket)
    if (this.#reservation.make(shape)) return true
    this.#hopeless.add(shape)
    return false
  }

  /** Finds the head that goes next, and the first that fits nowhere while no reservation speaks for it. */
  #scan(level: Level): void {
    const rule = this.#rule
    this.#best.bucket = -1
    this.#blocked.bucket = -1
    this.#prices.refresh(rule)
    if (rule.blocked.kind === 'threshold')
      this.#shortestS = Math.max(this.#shortestS, rule.blocked.share * this.#longestOf(level, true))
    const reserves = rule.blocked.kind === 'reserve' && this.#reservation.node < 0
    this.#limited.length = 0
    for (let i = 0; i < level.lots.length; i++) {
      const lot = level.lots[i]
      if (!lot || lot.buckets.length === 0) continue
      if ((this.#cluster.fitting[lot.shape] ?? 0) === 0) {
        if (reserves && this.#mayWaitFor(lot.shape)) this.#compare(lot, ANY, this.#blocked)
      } else if (this.#isLimited(lot.shape)) this.#limit(lot)
      else this.#compare(lot, ANY, this.#best)
    }
    for (const lot of this.#limited) this.#compare(lot, this.#reservation.at - this.#now, this.#best)
  }

  /** To look for the longest that ends in time takes a while: those that count most come first, and then hardly any others. */
  #limit(lot: Lot): void {
    const weight = this.#keys.weightOf(lot.shape)
    let i = this.#limited.push(lot) - 1
    for (; i > 0 && weight > this.#keys.weightOf(this.#limited[i - 1]?.shape ?? -1); i--)
      this.#limited[i] = this.#limited[i - 1] ?? lot
    this.#limited[i] = lot
  }

  /** Whether a shape will fit some time: what waits for a node that is away keeps nobody else from a place. */
  #mayWaitFor(shape: number): boolean {
    return (this.#cluster.fittingEmpty[shape] ?? 0) > 0 && !this.#hopeless.has(shape)
  }

  /** Whether a job of a shape has to end in time, since it fits only beside a reservation that leaves it no room. */
  #isLimited(shape: number): boolean {
    const { node } = this.#reservation
    const { fits, fitting, nodes } = this.#cluster
    if (node < 0 || (fitting[shape] ?? 0) > (fits[shape * nodes + node] ?? 0)) return false
    return !this.#reservation.leavesRoom(shape)
  }

  /** Puts a lot's foremost head in the place of `best` where it goes before it. */
  #compare(lot: Lot, limitS: number, best: Candidate): void {
    for (let i = 0; i < lot.buckets.length; i++) {
      const bucket = lot.buckets[i] ?? 0
      if (this.#heads.at(bucket) < 0) continue
      if (this.#heads.seconds(bucket) > limitS && !this.#couldWin(lot, bucket, limitS, best)) continue
      if (this.#heads.shorten(bucket, limitS) < 0) continue
      const seconds = this.#heads.seconds(bucket)
      if (seconds < this.#shortestS) continue
      const tier = this.#keys.tierOf(bucket, seconds)
      const key = this.#keys.keyOf(tier, lot.shape, this.#heads.logarithm(bucket))
      if (!wins(lot, tier, key, best)) continue
      best.bucket = bucket
      best.shape = lot.shape
      best.position = lot.position
      best.tier = tier
      best.key = key
    }
  }

  /** Whether a job of a bucket that lasts at most so long might go before `best`: else it need not be looked for. */
  #couldWin(lot: Lot, bucket: number, limitS: number, best: Candidate): boolean {
    if (best.bucket < 0 || this.#rule.timeExponent < 0) return true
    const tier = this.#keys.highestTierOf(bucket, limitS)
    return wins(lot, tier, this.#keys.keyOf(tier, lot.shape, Math.log(limitS)), best)
  }

  /** The longest head of a level, or of those only that fit nowhere. */
  #longestOf(level: Level, blockedOnly: boolean): number {
    let longest = 0
    for (const { shape, buckets } of level.lots) {
      if (blockedOnly && ((this.#cluster.fitting[shape] ?? 0) > 0 || !this.#mayWaitFor(shape))) continue
      for (const bucket of buckets)
        if (this.#heads.at(bucket) >= 0) longest = Math.max(longest, this.#heads.seconds(bucket))
    }
    return longest
  }

  #place(bucket: number, position: number, placed: OnPlaced): void {
    this.#left--
    const { shape, group } = this.#waiting.buckets[bucket] ?? NOBODY
    const seconds = this.#waiting.secondsAt(bucket, position)
    const until = this.#now + seconds
    const node = this.#nodeFor(shape, until)
    const gpus = this.#cluster.take(shape, node)
    const slot = this.#running.add(node, shape, gpus, this.#now, until)
    this.#prices.addWaiting(shape, -seconds)
    this.#prices.started(shape, until)
    if (node === this.#reservation.node) this.#reservation.placed(shape, gpus, until)
    this.#placedOf[group] = (this.#placedOf[group] ?? 0) + 1
    this.#waiting.take(bucket, position)
    if (this.#heads.at(bucket) === position) this.#heads.advance(bucket)
    placed(bucket, position, node, slot)
  }

  /** The reserved node is left out where the job would delay the reserved one. */
  #nodeFor(shape: number, until: number): number {
    const { node, at } = this.#reservation
    const mayTake = node < 0 || until <= at || this.#reservation.leavesRoom(shape)
    return chooseNode(this.#rule.node, this.#cluster, this.#prices, shape, mayTake ? -1 : node)
  }
}
