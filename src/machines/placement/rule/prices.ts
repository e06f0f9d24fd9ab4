import type { Cluster } from './cluster.ts'
import type { Rule } from './rule.ts'

/** A free fraction counts so much more than it is: else a size would count nothing where nothing is free. */
const FREE_AT_LEAST = 0.03

/** How sharply the price follows the load: the most loaded resource is e⁵ times as dear as an unused one. */
const SHARPNESS = 5

/**
 * How much work is left, by resource, and what that makes each resource worth. Work is predicted seconds × fraction
 * of all nodes; that of what runs is Σ share × expected end, less now × Σ share, so that no step visits all of it.
 */
export class Prices {
  readonly price: Float64Array
  /** Seconds that the rest of the run takes at least: the most loaded resource, or the last expected end. */
  restS = 0
  /** Another number where `weight` counts by other figures than before. */
  state = 0
  readonly #waiting: Float64Array
  readonly #untils: Float64Array
  readonly #held: Float64Array
  readonly #counts: Float64Array
  readonly #cluster: Cluster

  constructor(cluster: Cluster) {
    this.#cluster = cluster
    this.price = new Float64Array(cluster.resources)
    this.#waiting = new Float64Array(cluster.resources)
    this.#untils = new Float64Array(cluster.resources)
    this.#held = new Float64Array(cluster.resources)
    this.#counts = new Float64Array(cluster.resources)
  }

  /** Work of waiting jobs of a shape: negative where one is placed. */
  addWaiting(shape: number, seconds: number): void {
    addTo(this.#waiting, this.#cluster, shape, seconds)
  }

  clearWaiting(): void {
    this.#waiting.fill(0)
  }

  started(shape: number, until: number): void {
    addTo(this.#untils, this.#cluster, shape, until)
    addTo(this.#held, this.#cluster, shape, 1)
  }

  ended(shape: number, until: number): void {
    addTo(this.#untils, this.#cluster, shape, -until)
    addTo(this.#held, this.#cluster, shape, -1)
  }

  /** The expected end of a running job is later than it was. */
  extended(shape: number, byS: number): void {
    addTo(this.#untils, this.#cluster, shape, byS)
  }

  /** Reckons prices and the least rest of the run for a moment; `latest` is the last expected end of what runs. */
  reckon(now: number, latest: number): void {
    let most = 0
    for (let r = 0; r < this.price.length; r++) {
      const left = (this.#waiting[r] ?? 0) + (this.#untils[r] ?? 0) - now * (this.#held[r] ?? 0)
      this.price[r] = left
      most = Math.max(most, left)
    }
    this.restS = Math.max(most, latest - now)
    let sum = 0
    for (let r = 0; r < this.price.length; r++) {
      const price =
        (this.#cluster.total[r] ?? 0) > 0 ? Math.exp((SHARPNESS * (this.price[r] ?? 0)) / most) : 0
      this.price[r] = price
      sum += price
    }
    for (let r = 0; r < this.price.length; r++) this.price[r] = (this.price[r] ?? 0) / sum
  }

  /** Has `weight` count by what is free now. */
  refresh(rule: Rule): void {
    const { free } = this.#cluster
    for (let r = 0; r < this.price.length; r++) {
      const price = rule.weight === 'width' || rule.weight === 'dominant-share' ? 1 : (this.price[r] ?? 0)
      const counts = rule.weight === 'balance' ? price * ((free[r] ?? 0) + FREE_AT_LEAST) : price
      if (counts !== this.#counts[r]) this.state++
      this.#counts[r] = counts
    }
  }

  /** What the size of a shape counts. */
  weight(rule: Rule, shape: number): number {
    const { share } = this.#cluster
    const resources = this.#counts.length
    const row = shape * resources
    let sum = 0
    let largest = 0
    for (let r = 0; r < resources; r++) {
      const part = (this.#counts[r] ?? 0) * (share[row + r] ?? 0)
      sum += part
      if (part > largest) largest = part
    }
    return rule.weight === 'dominant-share' ? largest : sum
  }
}

function addTo(sums: Float64Array, { share }: Cluster, shape: number, times: number): void {
  const row = shape * sums.length
  for (let r = 0; r < sums.length; r++) sums[r] = (sums[r] ?? 0) + times * (share[row + r] ?? 0)
}
