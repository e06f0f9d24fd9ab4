import { predictedTotalS } from '../area.ts'
import type { Situation } from '../policy.ts'
import type { Bucket } from '../queue.ts'

/** What is known of a bucket's jobs holds until such a share of them has come or gone. */
const CHANGED_SHARE = 1 / 8

/** How the estimates of each bucket are stretched by the predictions of the moment, so that its total need not be. */
export class Stretches {
  readonly #factors: Float64Array
  /** Number of jobs when a factor was found; 0 for none. */
  readonly #sizes: Float64Array

  constructor(buckets: number) {
    this.#factors = new Float64Array(buckets)
    this.#sizes = new Float64Array(buckets)
  }

  /** Predictions are others now. */
  forget(): void {
    this.#sizes.fill(0)
  }

  /** Predicted seconds of all jobs of a bucket together. */
  totalS(situation: Situation, number: number): number {
    const bucket = situation.buckets[number]
    if (!bucket) return 0
    const size = this.#sizes[number] ?? 0
    if (Math.abs(bucket.size - size) >= CHANGED_SHARE * size) this.#find(situation, number, bucket)
    return (this.#factors[number] ?? 0) * measureOf(bucket)
  }

  #find(situation: Situation, number: number, bucket: Bucket): void {
    this.#factors[number] = predictedTotalS(situation, bucket) / measureOf(bucket)
    this.#sizes[number] = bucket.size
  }
}

/** What a total grows with: the estimates, or the number of jobs where there are none. */
function measureOf({ totalTimeS, size }: Bucket): number {
  return totalTimeS > 0 ? totalTimeS : size
}
