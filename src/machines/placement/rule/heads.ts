import type { Waiting } from './waiting.ts'

/**
 * The job of each bucket that would be placed next, while a pass goes on: it only moves on to shorter ones. Where
 * nothing has changed since the last pass, what was known of the longest then is known still.
 */
export class Heads {
  readonly #waiting: Waiting
  /** Number of the pass for which a bucket's head was found. */
  readonly #pass: Int32Array
  readonly #head: Jobs
  /** The longest of each bucket, and its version then. */
  readonly #longest: Jobs
  readonly #version: Int32Array
  #passes = 0

  constructor(waiting: Waiting) {
    const buckets = waiting.buckets.length
    this.#waiting = waiting
    this.#pass = new Int32Array(buckets)
    this.#head = jobs(buckets)
    this.#longest = jobs(buckets)
    this.#version = new Int32Array(buckets).fill(-1)
  }

  /** A new pass begins: each bucket's head is its longest again. */
  begin(): void {
    this.#passes++
  }

  /** Position of a bucket's head, −1 where there is none (any more). */
  at(bucket: number): number {
    if (this.#pass[bucket] !== this.#passes) this.#return(bucket)
    return this.#head.position[bucket] ?? -1
  }

  /** Predicted seconds of a bucket's head. */
  seconds(bucket: number): number {
    return this.#head.seconds[bucket] ?? 0
  }

  /** Their natural logarithm. */
  logarithm(bucket: number): number {
    return this.#head.logarithm[bucket] ?? 0
  }

  /** The head was placed. */
  advance(bucket: number): void {
    this.#move(bucket, this.#waiting.next(bucket, (this.#head.position[bucket] ?? 0) + 1))
  }

  /** Moves on to the longest job that lasts at most so many seconds; its position. */
  shorten(bucket: number, limitS: number): number {
    const position = this.#head.position[bucket] ?? -1
    if (position < 0 || this.seconds(bucket) <= limitS) return position
    this.#move(bucket, this.#waiting.within(bucket, position, limitS))
    return this.#head.position[bucket] ?? -1
  }

  #return(bucket: number): void {
    const version = this.#waiting.versions[bucket] ?? 0
    if (this.#version[bucket] !== version) {
      this.#move(bucket, this.#waiting.next(bucket, 0))
      copy(this.#head, this.#longest, bucket)
      this.#version[bucket] = version
    } else copy(this.#longest, this.#head, bucket)
    this.#pass[bucket] = this.#passes
  }

  #move(bucket: number, position: number): void {
    this.#head.position[bucket] = position
    if (position < 0) return
    const seconds = this.#waiting.secondsAt(bucket, position)
    if (seconds === this.#head.seconds[bucket]) return
    this.#head.seconds[bucket] = seconds
    this.#head.logarithm[bucket] = Math.log(seconds)
  }
}

/** A job of each bucket: its position, its predicted seconds, and their natural logarithm. */
interface Jobs {
  readonly position: Int32Array
  readonly seconds: Float64Array
  readonly logarithm: Float64Array
}

function jobs(buckets: number): Jobs {
  return {
    position: new Int32Array(buckets).fill(-1),
    seconds: new Float64Array(buckets).fill(Number.NaN),
    logarithm: new Float64Array(buckets),
  }
}

function copy(from: Jobs, to: Jobs, bucket: number): void {
  to.position[bucket] = from.position[bucket] ?? -1
  to.seconds[bucket] = from.seconds[bucket] ?? 0
  to.logarithm[bucket] = from.logarithm[bucket] ?? 0
}
