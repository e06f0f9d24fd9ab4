import { longestRun } from '../cores.ts'
import type { Demand } from '../demand.ts'
import { allFree, demandOfGrant, type Free, type Grant } from '../free.ts'
import type { Held, OpenNode, Situation } from '../policy.ts'
import { Cluster } from './cluster.ts'
import { Prices } from './prices.ts'
import { Running } from './running.ts'
import { Columns, Shapes } from './shapes.ts'

const ASK_AGAIN = 0.1

/** What is known of a placement. */
interface Seen {
  readonly shape: number
  /** Expected end, and when that was asked for: seconds. */
  until: number
  readAt: number
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
  readonly #seen = new WeakMap<Grant, Seen>()

  constructor({ now, nodes, buckets }: Situation) {
    const empty = nodes.map(node => allFree(node.capacity))
    const columns = new Columns(empty)
    const held = nodes.flatMap(node => node.held().map(({ grant }) => demandOfGrant(grant)))
    this.#origin = now
    this.#capacities = nodes.map(node => node.capacity)
    this.#known = nodes.map(() => null)
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

  /** A pass has placed a job on a node, which was given this; these physical cores are still free there. */
  granted(node: number, grant: Grant, demand: Demand, cores: readonly number[]): void {
    this.#seen.set(grant, { shape: this.shapes.of(demand), until: 0, readAt: Number.NEGATIVE_INFINITY })
    if (grant.cores.length > 0) this.cluster.setCores(node, longestRun(cores))
    this.touch(node)
  }

  #readNode(open: OpenNode, node: number, now: number): boolean {
    this.#forget(node)
    this.cluster.load(node, open.free, longestRun(open.free.cores))
    const at = this.secondsOf(now)
    for (const held of open.held()) {
      const { shape, until } = this.#look(held, at)
      if (shape < 0) return false
      this.running.add(node, shape, held.grant.gpus, at, until)
      this.prices.started(shape, until)
    }
    this.#known[node] = open.free
    return true
  }

  #forget(node: number): void {
    for (const slot of this.running.onNode[node] ?? [])
      this.prices.ended(this.running.shape[slot] ?? 0, this.running.until[slot] ?? 0)
    this.running.clear(node)
  }

  /** When something ends is asked for again when a tenth of the time until then has passed: to ask is not cheap. */
  #look(held: Held, now: number): Seen {
    const { grant } = held
    const seen = this.#seen.get(grant) ?? {
      shape: this.shapes.of(demandOfGrant(grant)),
      until: 0,
      readAt: Number.NEGATIVE_INFINITY,
    }
    this.#seen.set(grant, seen)
    if (now >= seen.readAt && now - seen.readAt < ASK_AGAIN * (seen.until - seen.readAt)) return seen
    seen.until = this.secondsOf(held.until)
    seen.readAt = now
    return seen
  }
}
