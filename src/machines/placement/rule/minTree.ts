/**
 * Numbers at positions, and the least of them: where one changes, only what stands above it in a binary tree is
 * reckoned anew. All are `Infinity` first.
 */
export class MinTree {
  readonly #size: number
  readonly #leaves: number
  /** The root at 1, the children of i at 2i and 2i + 1; each holds the least below it. */
  readonly #tree: Float64Array

  constructor(size: number) {
    this.#size = size
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, size)))
    this.#tree = new Float64Array(2 * this.#leaves).fill(Number.POSITIVE_INFINITY)
  }

  get least(): number {
    return this.#tree[1] ?? Number.POSITIVE_INFINITY
  }

  set(position: number, value: number): void {
    let at = this.#leaves + position
    let least = value
    while (at >= 1 && this.#tree[at] !== least) {
      this.#tree[at] = least
      least = Math.min(least, this.#tree[at ^ 1] ?? Number.POSITIVE_INFINITY)
      at >>= 1
    }
  }

  /** The first position from `from` on whose number is at most `limit`, −1 for none. */
  firstWithin(limit: number, from: number): number {
    if (from >= this.#size) return -1
    let at = this.#leaves + from
    while (!((this.#tree[at] ?? 0) <= limit)) {
      while (at % 2 === 1) at >>= 1
      if (at === 0) return -1
      at++
    }
    while (at < this.#leaves) at = (this.#tree[2 * at] ?? 0) <= limit ? 2 * at : 2 * at + 1
    return at - this.#leaves < this.#size ? at - this.#leaves : -1
  }
}
