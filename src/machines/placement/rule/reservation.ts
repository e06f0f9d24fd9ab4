import type { Cluster } from './cluster.ts'
import { change, fits } from './room.ts'
import type { Running } from './running.ts'

/** A place that is kept for jobs of a shape that fits nowhere now. */
export class Reservation {
  /** −1 for none. */
  node = -1
  /** When it is expected to fit there. */
  at = 0
  #shape = -1
  /** What is expected to be free there then, before the job takes its part. */
  #then: Float64Array
  #scratch: Float64Array
  /** By shape: where its place was found the last time, a good place to begin the next time; −1 for nowhere yet. */
  readonly #lately: Int32Array
  /** By shape: whether it leaves room, for the state of things of this number. */
  readonly #leaves: Uint8Array
  readonly #asked: Int32Array
  #state = 0
  readonly #cluster: Cluster
  readonly #running: Running

  constructor(cluster: Cluster, running: Running) {
    this.#cluster = cluster
    this.#running = running
    this.#then = new Float64Array(cluster.room.length)
    this.#scratch = new Float64Array(cluster.room.length)
    this.#lately = new Int32Array(cluster.shapes.count).fill(-1)
    this.#leaves = new Uint8Array(cluster.shapes.count)
    this.#asked = new Int32Array(cluster.shapes.count)
  }

  clear(): void {
    this.node = -1
  }

  /**
   * Reserves the earliest place for a shape, the first node of equally early ones. `false` where it fits on no node even
   * when all that runs has ended. A node where nothing ends before a place that was found already is not looked at.
   */
  make(shape: number): boolean {
    this.#shape = shape
    this.#state++
    this.at = Number.POSITIVE_INFINITY
    const lately = this.#lately[shape] ?? -1
    if (lately >= 0) this.#look(lately, shape)
    for (let node = this.#next(0); node >= 0; node = this.#next(node + 1))
      if (node !== lately) this.#look(node, shape)
    this.#lately[shape] = this.node
    return this.node >= 0
  }

  #next(from: number): number {
    return this.#running.nextEnding(this.at, from)
  }

  /** Gives back what runs on a node, in the order in which it is expected to end, until the shape fits. */
  #look(node: number, shape: number): void {
    const { shapes, nodes, fitsEmpty } = this.#cluster
    if (fitsEmpty[shape * nodes + node] !== 1) return
    const { onNode, until, shape: shapeOf, gpus } = this.#running
    const slots = onNode[node] ?? []
    this.#copyRow(node)
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] ?? 0
      const at = until[slot] ?? 0
      if (at > this.at || (at === this.at && node > this.node)) return
      change(shapes, shapeOf[slot] ?? 0, this.#scratch, 0, gpus[slot] ?? [], 1)
      if (until[slots[i + 1] ?? -1] === at) continue
      if (!fits(shapes, shape, this.#scratch, 0, this.#cluster.gpus[node] ?? 0)) continue
      this.node = node
      this.at = at
      const then = this.#then
      this.#then = this.#scratch
      this.#scratch = then
      return
    }
  }

  #copyRow(node: number): void {
    const { room, row, gpus, shapes } = this.#cluster
    const from = row[node] ?? 0
    const length = shapes.columns + 2 * (gpus[node] ?? 0)
    for (let i = 0; i < length; i++) this.#scratch[i] = room[from + i] ?? 0
  }

  /** Whether a job of a shape could start on the reserved node now, last for ever, and the reserved job still fit. */
  leavesRoom(shape: number): boolean {
    if (this.#asked[shape] !== this.#state) {
      this.#asked[shape] = this.#state
      this.#leaves[shape] = this.#tryBeside(shape) ? 1 : 0
    }
    return this.#leaves[shape] === 1
  }

  #tryBeside(shape: number): boolean {
    const { shapes } = this.#cluster
    const gpus = this.#cluster.gpus[this.node] ?? 0
    const chosen = this.#cluster.gpusFor(shape, this.node)
    for (let i = 0; i < shapes.columns + 2 * gpus; i++) this.#scratch[i] = this.#then[i] ?? 0
    change(shapes, shape, this.#scratch, 0, chosen, -1)
    return fits(shapes, this.#shape, this.#scratch, 0, gpus)
  }

  /** A job was placed on the reserved node that lasts until then. */
  placed(shape: number, gpus: readonly number[], until: number): void {
    this.#state++
    if (until > this.at) change(this.#cluster.shapes, shape, this.#then, 0, gpus, -1)
  }
}
