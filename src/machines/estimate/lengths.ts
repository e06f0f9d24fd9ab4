import type { Evidence } from './evidence.ts'
import type { Prior } from './prior.ts'

/** So many groups, and jobs of each, are assumed to have been seen that lay as far apart as was expected. */
const ASSUMED = 2

/** At most this share of a difference between estimates is taken for a mistake. */
const MOST_SHARE = 0.8

/** What is usual of a group's jobs before any of them has ended: ln(duration / estimate) by x = ln(estimate). */
export interface Usual {
  /** At the centre. */
  readonly level: number
  readonly slope: number
  /** Mean x of the group's jobs; 0 where none is known. */
  readonly centre: number
}

interface Length {
  jobs: number
  x: number
  xx: number
}

/**
 * How long the jobs at hand are by their estimates, and what the differences are worth: where estimates are wrong, the
 * longest of them are likely too long and the shortest too short (regression to the mean: F. Galton, "Regression
 * towards mediocrity in hereditary stature", J. Anthropological Institute 15, 1886). Of the variance of ln(estimate),
 * between groups as well as within one, a share is the mistakes of who gave them, by what is known of those; by that
 * share an estimate is drawn to the mean. Estimates of minutes, hours and days are left almost as they are.
 */
export class Lengths {
  readonly #prior: Prior
  readonly #groups = new Map<string, Length>()
  #sum = 0
  #squares = 0

  constructor(prior: Prior) {
    this.#prior = prior
  }

  /** A job is to be run. */
  add(group: string, x: number): void {
    const of = this.#groups.get(group) ?? { jobs: 0, x: 0, xx: 0 }
    this.#groups.set(group, of)
    if (of.jobs > 0) this.#count(of.x / of.jobs, -1)
    of.jobs += 1
    of.x += x
    of.xx += x * x
    this.#count(of.x / of.jobs, 1)
  }

  /** What is usual of a group; `null` where none of its jobs is known. */
  usual(group: string): Usual | null {
    const of = this.#groups.get(group)
    if (!of) return null
    const centre = of.x / of.jobs
    const level = -this.#shareBetween * (centre - this.#sum / this.#groups.size)
    return { level, slope: -this.#shareWithin(of), centre }
  }

  /** Share of the variance of groups' mistakes that remains when what is usual of each is known. */
  get remains(): number {
    return 1 - this.#shareBetween * (1 - 1 / Math.max(1, this.#groups.size))
  }

  get #shareBetween(): number {
    const groups = Math.max(1, this.#groups.size)
    return shareOf(
      this.#prior.betweenSd,
      this.#prior.lengthSd,
      groups,
      this.#squares - this.#sum ** 2 / groups,
    )
  }

  #shareWithin({ jobs, x, xx }: Length): number {
    return shareOf(this.#prior.jobSd, this.#prior.lengthSd, jobs, xx - (x * x) / jobs)
  }

  #count(x: number, sign: 1 | -1): void {
    this.#sum += sign * x
    this.#squares += sign * x * x
  }
}

/** Share of mistakes in the variance of estimates, from their number and squares, and a few that are assumed. */
function shareOf(mistakesSd: number, lengthSd: number, number: number, squares: number): number {
  const assumed = ASSUMED * (mistakesSd ** 2 + lengthSd ** 2)
  const variance = (assumed + Math.max(0, squares)) / (ASSUMED + number - 1)
  return Math.min(MOST_SHARE, mistakesSd ** 2 / variance)
}

/** What jobs say beyond what is usual: the sums of d less that. */
export function beyond(usual: Usual, { weight, x, d, xx, xd, dd }: Evidence): Evidence {
  const { slope } = usual
  const offset = usual.level - slope * usual.centre
  return {
    ...{ weight, x, xx },
    d: d - offset * weight - slope * x,
    xd: xd - offset * x - slope * xx,
    dd: dd - 2 * (offset * d + slope * xd) + offset ** 2 * weight + 2 * offset * slope * x + slope ** 2 * xx,
  }
}
