/** Slots of running jobs by the time at which they end: a binary heap. Equal times come out lower slot first. */
export class Endings {
  #heap: number[] = []
  readonly #end: number[] = []

  /** When the next one ends, `Infinity` where nothing runs. */
  get next(): number {
    const first = this.#heap[0]
    return first === undefined ? Number.POSITIVE_INFINITY : (this.#end[first] ?? 0)
  }

  add(slot: number, end: number): void {
    this.#end[slot] = end
    let position = this.#heap.push(slot) - 1
    while (position > 0) {
      const parent = (position - 1) >> 1
      const above = this.#heap[parent] ?? 0
      if (!this.#isBefore(slot, above)) break
      this.#heap[position] = above
      position = parent
    }
    this.#heap[position] = slot
  }

  /** The slot that ends next; call it only while `next` is finite. */
  take(): number {
    const first = this.#heap[0] ?? 0
    const last = this.#heap.pop() ?? 0
    if (this.#heap.length > 0) this.#sink(last)
    return first
  }

  #sink(slot: number): void {
    const size = this.#heap.length
    let position = 0
    for (let child = 1; child < size; child = 2 * position + 1) {
      const right = child + 1
      const sooner =
        right < size && this.#isBefore(this.#heap[right] ?? 0, this.#heap[child] ?? 0) ? right : child
      const below = this.#heap[sooner] ?? 0
      if (!this.#isBefore(below, slot)) break
      this.#heap[position] = below
      position = sooner
    }
    this.#heap[position] = slot
  }

  #isBefore(a: number, b: number): boolean {
    const endA = this.#end[a] ?? 0
    const endB = this.#end[b] ?? 0
    return endA < endB || (endA === endB && a < b)
  }
}
