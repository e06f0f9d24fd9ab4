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
  readonly #unused: number[] = []
  #slots = 0

  constructor(nodes: number) {
    this.onNode = Array.from({ length: nodes }, () => [])
  }

  add(node: number, shape: number, gpus: readonly number[], since: number, until: number): number {
    const slot = this.#unused.pop() ?? this.#newSlot()
    this.shape[slot] = shape
    this.gpus[slot] = gpus
    this.since[slot] = since
    this.until[slot] = until
    this.#insert(this.onNode[node] ?? [], slot)
    return slot
  }

  remove(node: number, slot: number): void {
    const slots = this.onNode[node] ?? []
    slots.splice(this.#find(slots, slot), 1)
    this.#unused.push(slot)
  }

  /** The last expected end of all, 0 where nothing runs. */
  latest(): number {
    let latest = 0
    for (const slots of this.onNode) {
      const last = slots[slots.length - 1]
      if (last !== undefined) latest = Math.max(latest, this.until[last] ?? 0)
    }
    return latest
  }

  /** Gives each job that runs longer than predicted a later expected end; `moved` hears of each, with the seconds. */
  extendOverdue(now: number, moved: (slot: number, byS: number) => void): void {
    for (const slots of this.onNode) {
      for (let slot = slots[0]; slot !== undefined && (this.until[slot] ?? 0) < now; slot = slots[0]) {
        const before = this.until[slot] ?? 0
        slots.shift()
        const after = now + OVERDUE_PART * (now - (this.since[slot] ?? 0))
        this.until[slot] = after
        this.#insert(slots, slot)
        moved(slot, after - before)
      }
    }
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
