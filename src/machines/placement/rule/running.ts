import { MinTree } from './minTree.ts'

/** An overdue job is expected to need this part of the time it has run so far. */
const OVERDUE_PART = 1 / 3

/**
 * What runs, each placement in a slot, and for each node its slots in the order in which they are expected to end.
 * Slots of ended placements are used again. Times are seconds of one clock.
 */
export class Running {
  shape = new Int32Array(64)
  since = new Float64Array(64)
  until = new Float64Array(64)
  readonly gpus: (readonly number[])[] = []
  readonly onNode: number[][]
  /** By node: when the first of its slots is expected to end, and when the last, negated. */
  readonly #firstEnds: MinTree
  readonly #lastEnds: MinTree
  readonly #unused: number[] = []
  #slots = 0

  constructor(nodes: number) {
    this.onNode = Array.from({ length: nodes }, () => [])
    this.#firstEnds = new MinTree(nodes)
    this.#lastEnds = new MinTree(nodes)
  }

  add(node: number, shape: number, gpus: readonly number[], since: number, until: number): number {
    const slot = this.#unused.pop() ?? this.#newSlot()
    this.shape[slot] = shape
    this.gpus[slot] = gpus
    this.since[slot] = since
    this.until[slot] = until
    this.#insert(this.onNode[node] ?? [], slot)
    this.#noteEnds(node)
    return slot
  }

  remove(node: number, slot: number): void {
    const slots = this.onNode[node] ?? []
    slots.splice(this.#find(slots, slot), 1)
    this.#noteEnds(node)
    this.#unused.push(slot)
  }

  /** The last expected end of all, 0 where nothing runs. */
  latest(): number {
    return Math.max(0, -this.#lastEnds.least)
  }

  /** The first node from one on where something is expected to end by a time, −1 for none. */
  nextEnding(by: number, from: number): number {
    return this.#firstEnds.firstWithin(by, from)
  }

  /** Gives each job that runs longer than predicted a later expected end; `moved` hears of each, with the seconds. */
  extendOverdue(now: number, moved: (slot: number, byS: number) => void): void {
    if (this.#firstEnds.least >= now) return
    for (let node = this.nextEnding(now, 0); node >= 0; node = this.nextEnding(now, node + 1))
      this.#extendOn(node, now, moved)
  }

  #extendOn(node: number, now: number, moved: (slot: number, byS: number) => void): void {
    const slots = this.onNode[node] ?? []
    for (let slot = slots[0]; slot !== undefined && (this.until[slot] ?? 0) < now; slot = slots[0]) {
      const before = this.until[slot] ?? 0
      slots.shift()
      const after = now + OVERDUE_PART * (now - (this.since[slot] ?? 0))
      this.until[slot] = after
      this.#insert(slots, slot)
      moved(slot, after - before)
    }
    this.#noteEnds(node)
  }

  #noteEnds(node: number): void {
    const slots = this.onNode[node] ?? []
    const [first, last] = [slots[0], slots[slots.length - 1]]
    this.#firstEnds.set(node, first === undefined ? Number.POSITIVE_INFINITY : (this.until[first] ?? 0))
    this.#lastEnds.set(node, last === undefined ? Number.POSITIVE_INFINITY : -(this.until[last] ?? 0))
  }

  #insert(slots: number[], slot: number): void {
    const until = this.until[slot] ?? 0
    const last = slots[slots.length - 1]
    if (last === undefined || (this.until[last] ?? 0) <= until) slots.push(slot)
    else slots.splice(this.#firstAfter(slots, until), 0, slot)
  }

  /** First position whose end is later. */
  #firstAfter(slots: readonly number[], until: number): number {
    let low = 0
    let high = slots.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.until[slots[middle] ?? 0] ?? 0) <= until) low = middle + 1
      else high = middle
    }
    return low
  }

  #find(slots: readonly number[], slot: number): number {
    let position = this.#firstAfter(slots, this.until[slot] ?? 0) - 1
    while (position > 0 && slots[position] !== slot) position--
    return position
  }

  #newSlot(): number {
    if (this.#slots === this.shape.length) {
      this.shape = grown(this.shape, new Int32Array(2 * this.#slots))
      this.since = grown(this.since, new Float64Array(2 * this.#slots))
      this.until = grown(this.until, new Float64Array(2 * this.#slots))
    }
    return this.#slots++
  }
}

function grown<A extends Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from)
  return to
}
