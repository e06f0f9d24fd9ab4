import { longestRun } from '../cores.ts'
import type { Demand } from '../demand.ts'
import { allFree, demandOfGrant, type Free, type Grant } from '../free.ts'
import type { OpenNode, Situation } from '../policy.ts'
import { Cluster } from './cluster.ts'
import { Prices } from './prices.ts'
import { Running } from './running.ts'
import { Columns, Shapes } from './shapes.ts'

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
  readonly #shapeOfGrant = new WeakMap<Grant, number>()

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
    this.#shapeOfGrant.set(grant, this.shapes.of(demand))
    if (grant.cores.length > 0) this.cluster.setCores(node, longestRun(cores))
    this.touch(node)
  }

  #readNode(open: OpenNode, node: number, now: number): boolean {
    this.#forget(node)
    this.cluster.load(node, open.free, longestRun(open.free.cores))
    for (const { grant, until } of open.held()) {
      const shape = this.#shapeOf(grant)
      if (shape < 0) return false
      this.running.add(node, shape, grant.gpus, this.secondsOf(now), this.secondsOf(until))
      this.prices.started(shape, this.secondsOf(until))
    }
    this.#known[node] = open.free
    return true
  }

  #forget(node: number): void {
    for (const slot of this.running.onNode[node] ?? [])
      this.prices.ended(this.running.shape[slot] ?? 0, this.running.until[slot] ?? 0)
    this.running.clear(node)
  }

  #shapeOf(grant: Grant): number {
    const known = this.#shapeOfGrant.get(grant)
    if (known !== undefined) return known
    const shape = this.shapes.of(demandOfGrant(grant))
    this.#shapeOfGrant.set(grant, shape)
    return shape
  }
}
