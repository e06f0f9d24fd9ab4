import type { Free } from '../free.ts'
import { change, chooseGpus, fits, type Rows, rowLength, writeRow } from './room.ts'
import { CORES, type Columns, type Shapes } from './shapes.ts'

/**
 * What is free on all nodes, and which shapes fit where. Only the node that changed is looked at again, so a step
 * costs as much as one node. Resources are the columns, then GPU share, then GPU RAM.
 */
export class Cluster {
  readonly nodes: number
  readonly resources: number
  readonly shapes: Shapes
  /** shapes × resources: what a shape takes of all nodes together, as a fraction. */
  readonly share: Float64Array
  /** nodes × resources: what is free on a node, as a fraction of all nodes together. */
  readonly nodeFree: Float64Array
  /** By node: the sum of its fractions. */
  readonly leftOver: Float64Array
  /** By resource: what is free of all nodes together, as a fraction. */
  readonly free: Float64Array
  /** By resource: what all nodes have together. */
  readonly total: Float64Array
  /** shapes × nodes: 1 where a shape fits now. */
  readonly fits: Uint8Array
  /** Number of nodes on which a shape fits now. */
  readonly fitting: Int32Array
  /** shapes × nodes: 1 where a shape fits when nothing runs there. */
  readonly fitsEmpty: Uint8Array
  /** Number of nodes on which a shape fits when nothing runs there. */
  readonly fittingEmpty: Int32Array
  readonly room: Rows
  /** Where the row of each node begins. */
  readonly row: Int32Array
  readonly gpus: Int32Array
  readonly #columns: Columns

  /** `empty` is what each node has in all, and all of it is free until `load` says otherwise. */
  constructor(shapes: Shapes, columns: Columns, empty: readonly Free[]) {
    this.#columns = columns
    this.shapes = shapes
    this.nodes = empty.length
    this.resources = columns.count + 2
    this.gpus = Int32Array.from(empty, node => node.gpus.length)
    this.row = new Int32Array(this.nodes)
    let length = 0
    empty.forEach((node, n) => {
      this.row[n] = length
      length += rowLength(columns.count, node.gpus.length)
    })
    this.room = new Float64Array(length)
    this.fits = new Uint8Array(shapes.count * this.nodes)
    this.fitting = new Int32Array(shapes.count)
    this.nodeFree = new Float64Array(this.nodes * this.resources)
    this.leftOver = new Float64Array(this.nodes)
    this.free = new Float64Array(this.resources)
    this.total = totalsOf(empty, columns)
    this.share = sharesOf(shapes, this.total)
    empty.forEach((node, n) => {
      this.load(n, node, node.cores.length)
    })
    this.fitsEmpty = this.fits.slice()
    this.fittingEmpty = this.fitting.slice()
  }

  /** Sets what is free on a node; `cores` is how many physical cores count as free. */
  load(node: number, free: Free, cores: number): void {
    writeRow(this.room, this.row[node] ?? 0, free, this.#columns, cores)
    this.#weigh(node)
    for (let shape = 0; shape < this.shapes.count; shape++) this.#refit(shape, node)
  }

  /** Corrects how many physical cores count as free on a node. */
  setCores(node: number, cores: number): void {
    this.room[(this.row[node] ?? 0) + CORES] = cores
    for (let s = 0; s < this.shapes.count; s++)
      if (this.fits[s * this.nodes + node] === 1) this.#refit(s, node)
  }

  /** Nothing fits on a node any more, until it is loaded again. */
  close(node: number): void {
    for (let shape = 0; shape < this.shapes.count; shape++) {
      const at = shape * this.nodes + node
      this.fitting[shape] = (this.fitting[shape] ?? 0) - (this.fits[at] ?? 0)
      this.fits[at] = 0
    }
  }

  /** Takes what a shape needs of a node where it fits; the GPUs that it gets. */
  take(shape: number, node: number): readonly number[] {
    const gpus = this.gpusFor(shape, node)
    this.#change(shape, node, gpus, -1)
    return gpus
  }

  /** The GPUs that a shape would get on a node where it fits. */
  gpusFor(shape: number, node: number): readonly number[] {
    return chooseGpus(this.shapes, shape, this.room, this.row[node] ?? 0, this.gpus[node] ?? 0)
  }

  give(shape: number, node: number, gpus: readonly number[]): void {
    this.#change(shape, node, gpus, 1)
  }

  #change(shape: number, node: number, gpus: readonly number[], sign: 1 | -1): void {
    change(this.shapes, shape, this.room, this.row[node] ?? 0, gpus, sign)
    for (let r = 0; r < this.resources; r++) {
      const share = sign * (this.share[shape * this.resources + r] ?? 0)
      this.free[r] = (this.free[r] ?? 0) + share
      const at = node * this.resources + r
      this.nodeFree[at] = (this.nodeFree[at] ?? 0) + share
    }
    this.#sum(node)
    const before = sign < 0 ? 1 : 0
    for (let s = 0; s < this.shapes.count; s++) {
      if (this.fits[s * this.nodes + node] === before) this.#refit(s, node)
    }
  }

  #refit(shape: number, node: number): void {
    const at = shape * this.nodes + node
    const now = fits(this.shapes, shape, this.room, this.row[node] ?? 0, this.gpus[node] ?? 0) ? 1 : 0
    this.fitting[shape] = (this.fitting[shape] ?? 0) + now - (this.fits[at] ?? 0)
    this.fits[at] = now
  }

  /** Brings the fractions up to date with a node's row. */
  #weigh(node: number): void {
    const { resources } = this
    const amounts = new Float64Array(resources)
    addAmounts(amounts, this.room, this.row[node] ?? 0, this.gpus[node] ?? 0)
    for (let r = 0; r < resources; r++) {
      const total = this.total[r] ?? 0
      const now = total > 0 ? (amounts[r] ?? 0) / total : 0
      this.free[r] = (this.free[r] ?? 0) + now - (this.nodeFree[node * resources + r] ?? 0)
      this.nodeFree[node * resources + r] = now
    }
    this.#sum(node)
  }

  #sum(node: number): void {
    let sum = 0
    for (let r = 0; r < this.resources; r++) sum += this.nodeFree[node * this.resources + r] ?? 0
    this.leftOver[node] = sum
  }
}

/** Adds a node's row by resource. Pinned jobs take threads as well: cores count nothing beside them. */
function addAmounts(amounts: Float64Array, room: Rows, at: number, gpus: number): void {
  const columns = amounts.length - 2
  for (let c = 0; c < columns; c++) {
    if (c !== CORES) amounts[c] = (amounts[c] ?? 0) + (room[at + c] ?? 0)
  }
  for (let g = 0; g < gpus; g++) {
    amounts[columns] = (amounts[columns] ?? 0) + (room[at + columns + 2 * g] ?? 0)
    amounts[columns + 1] = (amounts[columns + 1] ?? 0) + (room[at + columns + 2 * g + 1] ?? 0)
  }
}

function totalsOf(empty: readonly Free[], columns: Columns): Float64Array {
  const totals = new Float64Array(columns.count + 2)
  for (const node of empty) {
    const row = new Float64Array(rowLength(columns.count, node.gpus.length))
    writeRow(row, 0, node, columns, node.cores.length)
    addAmounts(totals, row, 0, node.gpus.length)
  }
  return totals
}

/** What a shape takes of all nodes together, as a fraction; 0 of threads where it waits for what no node here has. */
function sharesOf(shapes: Shapes, total: Float64Array): Float64Array {
  const resources = total.length
  const shares = new Float64Array(shapes.count * resources)
  for (let shape = 0; shape < shapes.count; shape++) {
    for (let r = 0; r < resources; r++) {
      const has = total[r] ?? 0
      const amount = amountOf(shapes, shape, r)
      if (has > 0 && amount < Number.POSITIVE_INFINITY) shares[shape * resources + r] = amount / has
    }
  }
  return shares
}

function amountOf(shapes: Shapes, shape: number, resource: number): number {
  const gpus = shapes.gpus[shape] ?? 0
  if (resource === CORES) return 0
  if (resource === shapes.columns) return gpus * (shapes.gpuShare[shape] ?? 0)
  if (resource === shapes.columns + 1) return gpus * (shapes.gpuRam[shape] ?? 0)
  return shapes.need[shape * shapes.columns + resource] ?? 0
}
