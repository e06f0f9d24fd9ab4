import type { Prices } from './prices.ts'
import type { Rule } from './rule.ts'
import type { Waiting } from './waiting.ts'

/** What keys are made of. */
export interface KeyParts {
  readonly prices: Prices
  readonly waiting: Waiting
  readonly rule: Rule
  /** How many jobs of each group were placed. */
  readonly placedOf: Int32Array
}

const FINISHER = 2
const STARTER = 1
const ORDINARY = 0

/** What is left is a sum, and its last digits depend on the order in which jobs were added: no decision is to. */
const ROUNDED = 1 + 1e-9

/** How far in front a job stands by a rule: by its tier, and within it by its key. */
export class Keys {
  /** The longest job of those that are compared, in seconds: what a start of a group must not go beyond. */
  longestS = 0
  readonly #prices: Prices
  readonly #waiting: Waiting
  readonly #rule: Rule
  readonly #placedOf: Int32Array
  /** By shape: what its size counts, for the prices of this number. */
  readonly #weights: Float64Array
  readonly #weighed: Int32Array

  constructor(shapes: number, { prices, waiting, rule, placedOf }: KeyParts) {
    this.#prices = prices
    this.#waiting = waiting
    this.#rule = rule
    this.#placedOf = placedOf
    this.#weights = new Float64Array(shapes)
    this.#weighed = new Int32Array(shapes).fill(-1)
  }

  /** What sets the end of the run goes first, then what tells how long its group takes, then all else. */
  tierOf(bucket: number, seconds: number): number {
    const { finisherShare, groupStarts } = this.#rule
    if (seconds * ROUNDED >= finisherShare * this.#prices.restS) return FINISHER
    if (groupStarts === 0 || seconds + this.#longestBehindS > this.#prices.restS * ROUNDED) return ORDINARY
    const group = this.#waiting.buckets[bucket]?.group ?? 0
    return (this.#placedOf[group] ?? 0) < groupStarts ? STARTER : ORDINARY
  }

  /** The longest job that a start may come before: what sets the end goes before all starts anyway. */
  get #longestBehindS(): number {
    return Math.min(this.longestS, this.#rule.finisherShare * this.#prices.restS)
  }

  /** The highest tier that a job of a bucket may have which lasts at most so long. */
  highestTierOf(bucket: number, seconds: number): number {
    return Math.max(this.tierOf(bucket, seconds), this.tierOf(bucket, 0))
  }

  /** By the logarithm of a job's seconds. */
  keyOf(tier: number, shape: number, logarithm: number): number {
    const { timeExponent } = this.#rule
    const exponent = tier === ORDINARY ? timeExponent : timeExponent + 10
    return exponent * logarithm + this.weightOf(shape)
  }

  /** What the size of a shape counts in a key. */
  weightOf(shape: number): number {
    const { weightExponent } = this.#rule
    if (weightExponent === 0) return 0
    if (this.#weighed[shape] !== this.#prices.state) {
      this.#weighed[shape] = this.#prices.state
      this.#weights[shape] = weightExponent * Math.log(this.#prices.weight(this.#rule, shape))
    }
    return this.#weights[shape] ?? 0
  }
}
