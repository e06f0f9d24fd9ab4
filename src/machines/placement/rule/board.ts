import { longestRun } from '../cores.ts'
import { allFree, demandOfGrant, type Grant } from '../free.ts'
import type { OpenNode, Situation } from '../policy.ts'
import type { Bucket } from '../queue.ts'
import { Cluster } from './cluster.ts'
import { Holdings, type Register } from './holdings.ts'
import { Prices } from './prices.ts'
import { Running } from './running.ts'
import { Columns, Shapes } from './shapes.ts'

/**
 * The nodes of a situation as numbers, kept from pass to pass: only a node whose free resources are another value than
 * at the last pass is read again. What a pass has changed here is read again too, since the ledgers may refuse it.
 */
export class Board implements Register {
  readonly shapes: Shapes
  readonly cluster: Cluster
  readonly running: Running
  readonly prices: Prices
  /** Moment that counts as second 0, in ms since the epoch. */
  readonly #origin: number
  /** The nodes as they were read; `null` for one that a pass has changed here. */
  readonly #known: (OpenNode | null)[]
  readonly #touched: number[] = []
  #nodes: readonly OpenNode[] = []
  readonly #capacities: readonly unknown[]
  /** By node. */
  readonly #holdings: readonly Holdings[]
  #buckets: readonly Bucket[]

  constructor({ now, nodes, buckets }: Situation) {
    const empty = nodes.map(node => allFree(node.capacity))
    const columns = new Columns(empty)
    const held = nodes.flatMap(node => node.held().map(({ grant }) => demandOfGrant(grant)))
    this.#origin = now
    this.#capacities = nodes.map(node => node.capacity)
    this.#known = nodes.map(() => null)
    this.#buckets = buckets
    this.shapes = new Shapes([...buckets.map(({ demand }) => demand), ...held], columns)
    this.cluster = new Cluster(this.shapes, columns, empty)
    this.running = new Running(nodes.length)
    this.prices = new Prices(this.cluster)
    this.#holdings = nodes.map((_, node) => new Holdings(node, this))
  }

  /**
   * Reads the nodes that have changed. `false` where these are other nodes than it was made for, or something waits or
   * runs of which it has no row: then make another.
   */
  read({ now, nodes, changes, buckets }: Situation): boolean {
    if (nodes.length !== this.#known.length || !this.#hasRowsFor(buckets)) return false
    const isNext = changes?.from === this.#nodes && changes.to === nodes
    const changed = isNext ? inOrder(changes.at, this.#touched) : nodes.keys()
    this.#nodes = nodes
    this.#touched.length = 0
    const nowS = this.secondsOf(now)
    for (const node of changed) {
      const open = nodes[node]
      if (open && open !== this.#known[node] && !this.#readNode(open, node, nowS)) return false
    }
    return true
  }

  /** Seconds of this board's clock. */
  secondsOf(at: number): number {
    return (at - this.#origin) / 1000
  }

  /** A second of this board's clock, in ms since the epoch. */
  timeOf(seconds: number): number {
    return this.#origin + seconds * 1000
  }

  /** A pass has changed a node here. */
  touch(node: number): void {
    this.#known[node] = null
    this.#touched.push(node)
  }

  /** A pass has placed a job on a node, in a slot, and it was given this; these physical cores are still free there. */
  granted(node: number, slot: number, grant: Grant, cores: readonly number[]): void {
    this.#holdings[node]?.granted(grant, slot)
    if (grant.cores.length > 0) this.cluster.setCores(node, longestRun(cores))
    this.touch(node)
  }

  #hasRowsFor(buckets: readonly Bucket[]): boolean {
    if (buckets === this.#buckets) return true
    if (!buckets.every(({ demand }) => this.shapes.of(demand) >= 0)) return false
    this.#buckets = buckets
    return true
  }

  #readNode(open: OpenNode, node: number, now: number): boolean {
    if (open.capacity !== this.#capacities[node]) return false
    const before = this.#known[node]
    this.#known[node] = open
    if (before?.free === open.free) return true
    this.cluster.load(node, open.free, longestRun(open.free.cores))
    return this.#holdings[node]?.read(open.held(), now) ?? false
  }
}

/** Ascending; one that stands in both stands there twice. */
function inOrder(some: readonly number[], others: readonly number[]): number[] {
  const both = some.concat(others)
  return both.length > 1 ? both.sort((a, b) => a - b) : both
}
