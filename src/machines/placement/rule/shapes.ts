import type { Demand } from '../demand.ts'
import type { Free } from '../free.ts'

/** Columns of every table of amounts; own resources follow. */
export const THREADS = 0
export const RAM = 1
export const CORES = 2
const OWN = 3

/** Which own resource stands in which column, for all nodes alike. */
export class Columns {
  readonly own: readonly string[]

  constructor(nodes: readonly Free[]) {
    this.own = [...new Set(nodes.flatMap(node => Object.keys(node.resources)))].sort()
  }

  /** Amounts that belong to a node as a whole; those of its GPUs follow, two for each. */
  get count(): number {
    return OWN + this.own.length
  }

  /** Column of an own resource, −1 for one that no node has. */
  of(name: string): number {
    const position = this.own.indexOf(name)
    return position < 0 ? -1 : OWN + position
  }
}

/** Demands as rows of numbers. A job's shape is its row: jobs of equal demand have the same. */
export class Shapes {
  readonly count: number
  readonly columns: number
  /** shapes × columns. */
  readonly need: Float64Array
  readonly gpus: Int32Array
  readonly gpuShare: Float64Array
  readonly gpuRam: Float64Array
  readonly #byKey: ReadonlyMap<string, number>

  constructor(demands: Iterable<Demand>, columns: Columns) {
    const distinct = new Map([...demands].map(demand => [demand.key, demand]))
    this.#byKey = new Map([...distinct.keys()].map((key, shape) => [key, shape]))
    this.count = distinct.size
    this.columns = columns.count
    this.need = new Float64Array(this.count * columns.count)
    this.gpus = new Int32Array(this.count)
    this.gpuShare = new Float64Array(this.count)
    this.gpuRam = new Float64Array(this.count)
    for (const demand of distinct.values()) this.#write(this.of(demand), demand, columns)
  }

  /** Row of a demand, −1 for one that was not named when this was made. */
  of(demand: Pick<Demand, 'key'>): number {
    return this.#byKey.get(demand.key) ?? -1
  }

  #write(shape: number, demand: Demand, columns: Columns): void {
    const row = shape * this.columns
    this.need[row + THREADS] = demand.threads
    this.need[row + RAM] = demand.ram
    this.need[row + CORES] = demand.cores
    for (const [name, amount] of demand.resources) {
      const column = columns.of(name)
      if (column < 0) this.need[row + THREADS] = Number.POSITIVE_INFINITY
      else this.need[row + column] = amount
    }
    this.gpus[shape] = demand.gpus
    this.gpuShare[shape] = demand.gpuShare
    this.gpuRam[shape] = demand.gpuRam
  }
}
