import { longestRun } from '../cores.ts'
import type { Demand } from '../demand.ts'
import { allFree, demandOfGrant, type Free, type Grant } from '../free.ts'
import type { Held, OpenNode, Situation } from '../policy.ts'
import { Cluster } from './cluster.ts'
import { Prices } from './prices.ts'
import { Running } from './running.ts'
import { Columns, Shapes } from './shapes.ts'

/** When something ends is asked for again when such a share of its whole time has passed: to ask is not cheap. */
const ASK_AGAIN = 0.2

/** What is known of a placement. */
interface Seen {
  readonly shape: number
  readonly slot: number
  /** When it was seen first, and when its expected end is to be asked for again: seconds. */
  readonly since: number
  readonly askAt: number
  /** Number of the last reading in which it was there. */
  reading: number
}

/**
 * The nodes of a situation as numbers, kept from pass to pass: only a node whose free resources are another value than
 * at the last pass is read again. What a pass has changed here is read again too, since the ledgers may refuse it.
 */
export class Board {
  readonly shapes: Shapes
  readonly cluster: Cluster
  readonly running: Running
  readonly prices: Prices
  /** Moment that counts as second 0, in ms since the epoch. */
  readonly #origin: number
  readonly #capacities: readonly unknown[]
  readonly #known: (Free | null)[]
  /** By node. */
  readonly #seen: readonly Map<Grant, Seen>[]
  #reading = 0

  constructor({ now, nodes, buckets }: Situation) {
    const empty = nodes.map(node => allFree(node.capacity))
    const columns = new Columns(empty)
    const held = nodes.flatMap(node => node.held().map(({ grant }) => demandOfGrant(grant)))
    this.#origin = now
    this.#capacities = nodes.map(node => node.capacity)
    this.#known = nodes.map(() => null)
    this.#seen = nodes.map(() => new Map())
    this.shapes = new Shapes([...buckets.map(({ demand }) => demand), ...held], columns)
    this.cluster = new Cluster(this.shapes, columns, empty)
    this.running = new Running(nodes.length)
    this.prices = new Prices(this.cluster)
  }

  /** Whether these are the nodes that it was made for, and it has a row for each demand that waits. */
  suits({ nodes, buckets }: Situation): boolean {
    return (
      nodes.length === this.#capacities.length &&
      nodes.every(({ capacity }, node) => capacity === this.#capacities[node]) &&
      buckets.every(({ demand }) => this.shapes.of(demand) >= 0)
    )
  }

  /** Seconds of this board's clock. */
  secondsOf(at: number): number {
    return (at - this.#origin) / 1000
  }

  /** A second of this board's clock, in ms since the epoch. */
  timeOf(seconds: number): number {
    return this.#origin + seconds * 1000
  }

  /** Reads the nodes that have changed. `false` where something runs of which it has no row: then make another. */
  read({ now, nodes }: Situation): boolean {
    return nodes.every((open, node) => open.free === this.#known[node] || this.#readNode(open, node, now))
  }

  /** A pass has changed a node here. */
  touch(node: number): void {
    this.#known[node] = null
  }

  /** A pass has placed a job on a node, in a slot, and it was given this; these physical cores are still free there. */
  granted(node: number, slot: number, grant: Grant, demand: Demand, cores: readonly number[]): void {
    const since = this.running.since[slot] ?? 0
    const askAt = since + ASK_AGAIN * ((this.running.until[slot] ?? 0) - since)
    const shape = this.shapes.of(demand)
    this.#seen[node]?.set(grant, { shape, slot, since, askAt, reading: this.#reading })
    if (grant.cores.length > 0) this.cluster.setCores(node, longestRun(cores))
    this.touch(node)
  }

  #readNode(open: OpenNode, node: number, now: number): boolean {
    this.cluster.load(node, open.free, longestRun(open.free.cores))
    this.#reading++
    for (const held of open.held()) if (!this.#readHeld(node, held, this.secondsOf(now))) return false
    for (const [grant, seen] of this.#seen[node] ?? [])
      if (seen.reading !== this.#reading) this.#forget(node, grant, seen)
    this.#known[node] = open.free
    return true
  }

  /** Takes note of what a placement holds. `false` where there is no row for it. */
  #readHeld(node: number, held: Held, now: number): boolean {
    const { grant } = held
    const seen = this.#seen[node]?.get(grant)
    if (seen && now >= seen.since && now < seen.askAt) {
      seen.reading = this.#reading
      return true
    }
    const shape = seen ? seen.shape : this.shapes.of(demandOfGrant(grant))
    if (shape < 0) return false
    if (seen) this.#forget(node, grant, seen)
    const until = this.secondsOf(held.until)
    const since = Math.min(seen?.since ?? now, now)
    const askAt = now + ASK_AGAIN * (until - since)
    const slot = this.running.add(node, shape, grant.gpus, now, until)
    this.prices.started(shape, until)
    this.#seen[node]?.set(grant, { shape, slot, since, askAt, reading: this.#reading })
    return true
  }

  #forget(node: number, grant: Grant, { shape, slot }: Seen): void {
    this.prices.ended(shape, this.running.until[slot] ?? 0)
    this.running.remove(node, slot)
    this.#seen[node]?.delete(grant)
  }
}
