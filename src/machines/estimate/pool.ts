import { type Evidence, type Scatter, scatterOf, squaresAround } from './evidence.ts'
import type { Prior } from './prior.ts'

/** What one group adds to the sums over all groups. */
export interface Share {
  readonly scatter: Scatter
  /** Jobs less the one that the mean takes: degrees of freedom. */
  readonly freedom: number
  /** How far the group counts among groups: half with one job, nearly 1 with many. */
  readonly count: number
  /** Its mean of d, and that squared, so counted. */
  readonly d: number
  readonly dd: number
  /** How much of that square is noise, in variances of a job. */
  readonly noise: number
}

/** The share of a group of which nothing is known. */
export const NO_SHARE: Share = {
  scatter: { xx: 0, xd: 0, dd: 0 },
  freedom: 0,
  count: 0,
  d: 0,
  dd: 0,
  noise: 0,
}

/**
 * The share of a group, from the sums over its jobs of earlier runs and of this one. Each run's jobs scatter around their
 * own mean: that a run was slower as a whole is no scatter.
 */
export function shareOf(past: Evidence, present: Evidence): Share {
  const weight = past.weight + present.weight
  if (!(weight > 0)) return NO_SHARE
  const count = weight / (weight + 1)
  const level = (past.d + present.d) / weight
  return {
    scatter: sumOf(scatterOf(past), scatterOf(present)),
    freedom: Math.max(0, past.weight - 1) + Math.max(0, present.weight - 1),
    count,
    d: count * level,
    dd: count * level * level,
    noise: 1 / (weight + 1),
  }
}

function sumOf(a: Scatter, b: Scatter): Scatter {
  return { xx: a.xx + b.xx, xd: a.xd + b.xd, dd: a.dd + b.dd }
}

/** How levels lie between groups. */
export interface Between {
  readonly mean: number
  readonly variance: number
  /** How sure the mean is. */
  readonly meanVariance: number
}

/** β is taken to lie in between: a longer estimate never means a shorter job. */
export const LEAST_SLOPE = 0.1 - 1
export const MOST_SLOPE = 2 - 1

/** What all groups together say: sums, so that a group is taken out and put in again at the same cost always. */
export class Pool {
  readonly #prior: Prior
  #xx = 0
  #xd = 0
  #squares = 0
  #freedom = 0
  #count = 0
  #d = 0
  #dd = 0
  #noise = 0

  constructor(prior: Prior) {
    this.#prior = prior
  }

  /** What a group says now, in place of what it said before. */
  replace(before: Share, after: Share): void {
    this.#xx += after.scatter.xx - before.scatter.xx
    this.#xd += after.scatter.xd - before.scatter.xd
    this.#squares += after.scatter.dd - before.scatter.dd
    this.#freedom += after.freedom - before.freedom
    this.#count += after.count - before.count
    this.#d += after.d - before.d
    this.#dd += after.dd - before.dd
    this.#noise += after.noise - before.noise
  }

  /** The slope common to all groups: least squares within groups, drawn to 0 (a ridge). */
  get slope(): number {
    const slope = this.#xd / (this.#prior.slope + this.#xx)
    return Math.min(MOST_SLOPE, Math.max(LEAST_SLOPE, slope))
  }

  /** Variance of a job around its group. */
  get jobVariance(): number {
    const { jobs, jobSd } = this.#prior
    const scatter = { xx: this.#xx, xd: this.#xd, dd: this.#squares }
    return (jobs * jobSd ** 2 + squaresAround(scatter, this.slope)) / (jobs + Math.max(0, this.#freedom))
  }

  /** Variance of the slope. */
  get slopeVariance(): number {
    return this.jobVariance / (this.#prior.slope + this.#xx)
  }

  /**
   * Mean and variance of levels between groups: those seen, less what is mere noise in them, and those assumed, of whose
   * variance a share remains.
   */
  between(remains: number): Between {
    const { mean: assumed, betweenSd, groups } = this.#prior
    const assumedVariance = betweenSd ** 2 * remains
    const count = Math.max(0, this.#count)
    const share = count / (count + groups)
    if (!(share > 0)) return { mean: assumed, variance: assumedVariance, meanVariance: 0 }
    const mean = assumed + share * (this.#d / count - assumed)
    const squares = this.#dd - 2 * mean * this.#d + mean * mean * count + groups * (mean - assumed) ** 2
    const spread = Math.max(0, squares - this.#noise * this.jobVariance)
    const variance = (groups * assumedVariance + spread) / (groups + count)
    return { mean, variance, meanVariance: variance / (groups + count) }
  }
}
