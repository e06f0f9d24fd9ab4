/** To insert into a run of so many neighbours costs less than to find it. */
const LONGEST_BLOCK = 1024

/** What puts values in order: first a number, then, of values of equal numbers, a comparison that tells them apart. */
export interface Order<T> {
  key(value: T): number
  /** As `Array.prototype.sort` takes it. */
  compare(a: T, b: T): number
}

/** Neighbours, and their keys beside them: to look through numbers in a row is quick, to look into values is not. */
interface Block<T> {
  readonly keys: number[]
  readonly values: T[]
}

/**
 * Values in ascending order, whatever order they come in. Adding, removing and finding one costs about the logarithm of
 * how many there are: they stand in blocks of at most 1,024, so that nothing ever moves a million of them (the idea of
 * G. Jenks, "Python Sorted Containers", 2014).
 */
export class SortedList<T> {
  readonly #order: Order<T>
  readonly #longestBlock: number
  /** None of them is empty. */
  readonly #blocks: Block<T>[] = []
  /** Rank of the first value of each block, as far as they are known: those behind a change are counted anew. */
  readonly #starts: number[] = [0]
  #size = 0

  /** `longestBlock`: how many neighbours stand in one array at most, 2 or more. */
  constructor(order: Order<T>, longestBlock: number = LONGEST_BLOCK) {
    this.#order = order
    this.#longestBlock = longestBlock
  }

  get size(): number {
    return this.#size
  }

  /** The value at a rank, 0 for the lowest. */
  at(rank: number): T | undefined {
    if (!(rank >= 0 && rank < this.#size)) return undefined
    const last = this.#blocks[this.#blocks.length - 1]
    const inLast = rank - (this.#size - (last?.values.length ?? 0))
    if (inLast >= 0) return last?.values[inLast]
    const number = this.#blockOfRank(rank)
    return this.#blocks[number]?.values[rank - (this.#starts[number] ?? 0)]
  }

  /** All values, the lowest first. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (const { values } of this.#blocks) yield* values
  }

  /** The rank of a value, −1 where it is not here. */
  rankOf(value: T): number {
    const number = this.#blockFor(value)
    const position = this.#positionIn(this.#blocks[number], value)
    if (this.#blocks[number]?.values[position] !== value) return -1
    this.#countTo(number)
    return (this.#starts[number] ?? 0) + position
  }

  add(value: T): void {
    const number = this.#blockFor(value)
    const block = this.#blocks[number]
    if (block) {
      const position = this.#positionIn(block, value)
      block.keys.splice(position, 0, this.#order.key(value))
      block.values.splice(position, 0, value)
      if (block.values.length > this.#longestBlock) this.#split(number, block)
    } else this.#blocks.push({ keys: [this.#order.key(value)], values: [value] })
    this.#changed(number, 1)
  }

  /** Takes a value out. `false` where it is not here. */
  remove(value: T): boolean {
    const number = this.#blockFor(value)
    const block = this.#blocks[number]
    const position = this.#positionIn(block, value)
    if (block?.values[position] !== value) return false
    takeOut(block.keys, position)
    takeOut(block.values, position)
    if (block.values.length === 0) this.#blocks.splice(number, 1)
    this.#changed(number, -1)
    return true
  }

  /** Where a value stands or belongs: the first block that does not end below it, else the last. */
  #blockFor(value: T): number {
    const key = this.#order.key(value)
    let low = 0
    let high = Math.max(0, this.#blocks.length - 1)
    while (low < high) {
      const middle = (low + high) >>> 1
      const block = this.#blocks[middle]
      if (block && this.#isBelow(block, block.keys.length - 1, key, value)) low = middle + 1
      else high = middle
    }
    return low
  }

  /** First position in a block whose value is not below the given one. */
  #positionIn(block: Block<T> | undefined, value: T): number {
    if (!block) return 0
    const key = this.#order.key(value)
    let low = 0
    let high = block.keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#isBelow(block, middle, key, value)) low = middle + 1
      else high = middle
    }
    return low
  }

  #isBelow({ keys, values }: Block<T>, position: number, key: number, value: T): boolean {
    const there = keys[position] ?? 0
    if (there !== key) return there < key
    const other = values[position]
    return other !== undefined && this.#order.compare(other, value) < 0
  }

  #blockOfRank(rank: number): number {
    this.#countTo(this.#blocks.length - 1)
    let low = 0
    let high = this.#blocks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((this.#starts[middle] ?? 0) <= rank) low = middle
      else high = middle - 1
    }
    return low
  }

  #split(number: number, { keys, values }: Block<T>): void {
    const half = this.#longestBlock >>> 1
    this.#blocks.splice(number + 1, 0, { keys: keys.splice(half), values: values.splice(half) })
  }

  /** A block has grown or shrunk: the ranks behind it are not known any more. */
  #changed(number: number, by: 1 | -1): void {
    this.#size += by
    if (this.#starts.length > number + 1) this.#starts.length = number + 1
  }

  #countTo(number: number): void {
    const starts = this.#starts
    for (let next = starts.length; next <= number; next++)
      starts.push((starts[next - 1] ?? 0) + (this.#blocks[next - 1]?.values.length ?? 0))
  }
}

/** The last one is what is taken mostly. */
function takeOut(from: unknown[], position: number): void {
  if (position === from.length - 1) from.pop()
  else from.splice(position, 1)
}
