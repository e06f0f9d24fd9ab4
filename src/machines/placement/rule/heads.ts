import type { Waiting } from './waiting.ts'

/** The job of each bucket that would be placed next, while a pass goes on: it only moves on to shorter ones. */
export class Heads {
  readonly #waiting: Waiting
  readonly #pass: Int32Array
  readonly #position: Int32Array
  readonly #seconds: Float64Array
  readonly #logarithm: Float64Array
  #passes = 0

  constructor(waiting: Waiting) {
    const buckets = waiting.buckets.length
    this.#waiting = waiting
    this.#pass = new Int32Array(buckets)
    this.#position = new Int32Array(buckets).fill(-1)
    this.#seconds = new Float64Array(buckets).fill(Number.NaN)
    this.#logarithm = new Float64Array(buckets)
  }

  /** A new pass begins: each bucket's head is its longest again. */
  begin(): void {
    this.#passes++
  }

  /** Position of a bucket's head, −1 where there is none (any more). */
  at(bucket: number): number {
    if (this.#pass[bucket] !== this.#passes) {
      this.#pass[bucket] = this.#passes
      this.#moveTo(bucket, this.#waiting.next(bucket, 0))
    }
    return this.#position[bucket] ?? -1
  }

  /** Predicted seconds of a bucket's head. */
  seconds(bucket: number): number {
    return this.#seconds[bucket] ?? 0
  }

  /** Their natural logarithm. */
  logarithm(bucket: number): number {
    return this.#logarithm[bucket] ?? 0
  }

  /** The head was placed. */
  advance(bucket: number): void {
    this.#moveTo(bucket, this.#waiting.next(bucket, (this.#position[bucket] ?? 0) + 1))
  }

  /** Moves on to the longest job that lasts at most so many seconds; its position. */
  shorten(bucket: number, limitS: number): number {
    const position = this.#position[bucket] ?? -1
    if (position < 0 || this.seconds(bucket) <= limitS) return position
    this.#moveTo(bucket, this.#waiting.within(bucket, position, limitS))
    return this.#position[bucket] ?? -1
  }

  #moveTo(bucket: number, position: number): void {
    this.#position[bucket] = position
    if (position < 0) return
    const seconds = this.#waiting.secondsAt(bucket, position)
    if (seconds === this.#seconds[bucket]) return
    this.#seconds[bucket] = seconds
    this.#logarithm[bucket] = Math.log(seconds)
  }
}
