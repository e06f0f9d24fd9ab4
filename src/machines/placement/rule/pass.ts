import type { Cluster } from './cluster.ts'
import { Heads } from './heads.ts'
import { type Level, type Lot, levelsOf } from './levels.ts'
import { chooseNode } from './nodeChoice.ts'
import { Prices } from './prices.ts'
import { Reservation } from './reservation.ts'
import type { Rule } from './rule.ts'
import type { Running } from './running.ts'
import type { Waiting } from './waiting.ts'

/** Hears of each placement: the bucket, the position of the job in it, the node, and the slot in `Running`. */
export type OnPlaced = (bucket: number, position: number, node: number, slot: number) => void

/** A head and how far in front it stands: first by tier, then by key. */
interface Candidate {
  bucket: number
  shape: number
  tier: number
  key: number
}

const FINISHER = 2
const STARTER = 1
const ORDINARY = 0

/**
 * Placement passes by a rule over the same jobs and nodes: what a policy decides at a moment, and what a rollout
 * repeats until nothing waits. Times are seconds of one clock; waiting and running work stands in `prices`.
 */
export class Pass {
  readonly prices: Prices
  readonly #cluster: Cluster
  readonly #running: Running
  readonly #waiting: Waiting
  readonly #rule: Rule
  readonly #placedOf: Int32Array
  readonly #levels: Level[]
  readonly #heads: Heads
  readonly #reservation: Reservation
  readonly #best: Candidate = { bucket: -1, shape: -1, tier: 0, key: 0 }
  readonly #blocked: Candidate = { bucket: -1, shape: -1, tier: 0, key: 0 }
  #now = 0
  /** Nothing shorter is placed (threshold rule). */
  #shortestS = 0
  #longestS = 0
  /** Shapes that fit on no open node even when it is empty: nobody waits for them. */
  #hopeless = new Set<number>()

  /** `placedOf`: how many jobs of each group were placed before; counted on. */
  constructor(cluster: Cluster, running: Running, waiting: Waiting, rule: Rule, placedOf: Int32Array) {
    this.#cluster = cluster
    this.#running = running
    this.#waiting = waiting
    this.#rule = rule
    this.#placedOf = placedOf
    this.#levels = levelsOf(waiting)
    this.#heads = new Heads(waiting)
    this.#reservation = new Reservation(cluster, running)
    this.prices = new Prices(cluster)
  }

  /** Places what the rule places now, until nothing fits. */
  run(now: number, placed: OnPlaced): void {
    this.#heads.begin()
    if (!this.#levels.some(level => level.some(lot => this.#mayFit(lot)))) return
    this.#begin(now)
    for (const level of this.#levels) this.#placeLevel(level, placed)
  }

  /** Whether a lot holds a job and fits somewhere. Buckets that have run empty are dropped. */
  #mayFit({ shape, buckets }: Lot): boolean {
    while (buckets.length > 0 && this.#heads.at(buckets[buckets.length - 1] ?? 0) < 0) buckets.pop()
    return buckets.length > 0 && (this.#cluster.fitting[shape] ?? 0) > 0
  }

  #begin(now: number): void {
    this.#now = now
    this.#running.extendOverdue(now, (slot, byS) => this.prices.extended(this.#running.shape[slot] ?? 0, byS))
    this.prices.reckon(now, this.#running.latest())
    this.#reservation.clear()
    this.#shortestS = 0
    this.#hopeless.clear()
  }

  #placeLevel(level: Level, placed: OnPlaced): void {
    this.#longestS = this.#rule.groupStarts > 0 ? this.#longestOf(level, false) : 0
    const isLast = level === this.#levels.at(-1)
    for (;;) {
      this.#scan(level)
      if (this.#best.bucket < 0 && (isLast || this.#blocked.bucket < 0)) return
      if (goesBefore(this.#best, this.#blocked)) this.#place(placed)
      else if (!this.#reservation.make(this.#blocked.shape)) this.#hopeless.add(this.#blocked.shape)
    }
  }

  /** Finds the head that goes next, and the first that fits nowhere while no reservation speaks for it. */
  #scan(level: Level): void {
    const rule = this.#rule
    this.#best.bucket = -1
    this.#blocked.bucket = -1
    this.prices.refresh(rule)
    if (rule.blocked.kind === 'threshold')
      this.#shortestS = Math.max(this.#shortestS, rule.blocked.share * this.#longestOf(level, true))
    const reserves = rule.blocked.kind === 'reserve' && this.#reservation.node < 0
    for (let i = 0; i < level.length; i++) {
      const lot = level[i]
      if (!lot || lot.buckets.length === 0) continue
      if ((this.#cluster.fitting[lot.shape] ?? 0) > 0) this.#compare(lot, this.#limitS(lot.shape), this.#best)
      else if (reserves && !this.#hopeless.has(lot.shape))
        this.#compare(lot, Number.POSITIVE_INFINITY, this.#blocked)
    }
  }

  /** How long a job of a shape may last: beside a reservation that leaves it no room it has to end in time. */
  #limitS(shape: number): number {
    const { node, at } = this.#reservation
    const { fits, fitting, nodes } = this.#cluster
    if (node < 0 || (fitting[shape] ?? 0) > (fits[shape * nodes + node] ?? 0)) return Number.POSITIVE_INFINITY
    return this.#reservation.leavesRoom(shape) ? Number.POSITIVE_INFINITY : at - this.#now
  }

  /** Puts a lot's foremost head in the place of `best` where it goes before it. */
  #compare(lot: Lot, limitS: number, best: Candidate): void {
    const { timeExponent, weightExponent } = this.#rule
    const weight =
      weightExponent === 0 ? 0 : weightExponent * Math.log(this.prices.weight(this.#rule, lot.shape))
    for (let i = 0; i < lot.buckets.length; i++) {
      const bucket = lot.buckets[i] ?? 0
      if (this.#heads.at(bucket) < 0 || this.#heads.shorten(bucket, limitS) < 0) continue
      const seconds = this.#heads.seconds(bucket)
      if (seconds < this.#shortestS) continue
      const tier = this.#tierOf(bucket, seconds)
      const exponent = tier === FINISHER ? timeExponent + 10 : timeExponent
      const key = exponent * this.#heads.logarithm(bucket) + weight
      if (best.bucket >= 0 && (tier < best.tier || (tier === best.tier && key <= best.key))) continue
      best.bucket = bucket
      best.shape = lot.shape
      best.tier = tier
      best.key = key
    }
  }

  #tierOf(bucket: number, seconds: number): number {
    const { finisherShare, groupStarts } = this.#rule
    if (seconds >= finisherShare * this.prices.restS) return FINISHER
    if (groupStarts === 0 || seconds + this.#longestS > this.prices.restS) return ORDINARY
    const group = this.#waiting.buckets[bucket]?.group ?? 0
    return (this.#placedOf[group] ?? 0) < groupStarts ? STARTER : ORDINARY
  }

  /** The longest head of a level, or of those only that fit nowhere. */
  #longestOf(level: Level, blockedOnly: boolean): number {
    let longest = 0
    for (const { shape, buckets } of level) {
      if (blockedOnly && (this.#cluster.fitting[shape] ?? 0) > 0) continue
      for (const bucket of buckets)
        if (this.#heads.at(bucket) >= 0) longest = Math.max(longest, this.#heads.seconds(bucket))
    }
    return longest
  }

  #place(placed: OnPlaced): void {
    const { bucket, shape } = this.#best
    const position = this.#heads.at(bucket)
    const seconds = this.#heads.seconds(bucket)
    const until = this.#now + seconds
    const node = this.#nodeFor(shape, until)
    const gpus = this.#cluster.take(shape, node)
    const slot = this.#running.add(node, shape, gpus, this.#now, until)
    this.prices.addWaiting(shape, -seconds)
    this.prices.started(shape, until)
    if (node === this.#reservation.node && until > this.#reservation.at) this.#reservation.reduce(shape, gpus)
    const group = this.#waiting.buckets[bucket]?.group ?? 0
    this.#placedOf[group] = (this.#placedOf[group] ?? 0) + 1
    this.#waiting.take(bucket, position)
    this.#heads.advance(bucket)
    placed(bucket, position, node, slot)
  }

  /** The reserved node is left out where the job would delay the reserved one. */
  #nodeFor(shape: number, until: number): number {
    const { node, at } = this.#reservation
    const mayTake = node < 0 || until <= at || this.#reservation.leavesRoom(shape)
    return chooseNode(this.#rule.node, this.#cluster, this.prices, shape, mayTake ? -1 : node)
  }
}

/** Whether a candidate that is there goes before another, which may not be. */
function goesBefore(a: Candidate, b: Candidate): boolean {
  if (a.bucket < 0 || b.bucket < 0) return a.bucket >= 0
  return a.tier > b.tier || (a.tier === b.tier && a.key > b.key)
}
