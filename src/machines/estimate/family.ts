import type { Distribution } from './distribution.ts'
import {
  addJob,
  type Evidence,
  noEvidence,
  type Scatter,
  scatterOf,
  squaresAround,
  union,
} from './evidence.ts'
import type { Prior } from './prior.ts'

/** What is believed of a group. Plain data, in logarithms of seconds. */
export interface Belief {
  /** Mean of ln(duration / estimate) for an estimate at the centre. */
  readonly level: number
  readonly levelSd: number
  /** ln(estimate) of a usual job of the group. */
  readonly centre: number
  /** By how much ln(duration / estimate) grows with ln(estimate): β − 1, where durations grow with estimate^β. */
  readonly slope: number
  readonly slopeSd: number
  /** Standard deviation of a job around its group. */
  readonly jobSd: number
}

/** The distribution of a job's duration by its estimate, x = ln(seconds). */
export function distributionAt(belief: Belief, x: number): Distribution {
  const off = x - belief.centre
  return {
    logMean: x + belief.level + belief.slope * off,
    sharedSd: Math.hypot(belief.levelSd, belief.slopeSd * off),
    ownSd: belief.jobSd,
  }
}

interface Group {
  readonly ended: Evidence
  running: Evidence
  /** Number of jobs that were started, and the sum of their x: jobs of all lengths, before the long ones end. */
  seen: number
  seenX: number
  /** What it adds to the sums over all groups. */
  share: Share
  belief: Belief | null
  beliefOf: number
}

interface Share {
  readonly scatter: Scatter
  readonly freedom: number
  readonly count: number
  readonly d: number
  readonly dd: number
  readonly noise: number
}

const NO_SHARE: Share = { scatter: { xx: 0, xd: 0, dd: 0 }, freedom: 0, count: 0, d: 0, dd: 0, noise: 0 }

/** β is taken to lie in between: a longer estimate never means a shorter job. */
const LEAST_SLOPE = 0.1 - 1
const MOST_SLOPE = 2 - 1

/** So many jobs of a group say as much of its own spread as all groups together. */
const OWN_SPREAD_JOBS = 8

/**
 * What is learned from estimates of one kind: ln(duration / estimate) of a job is the level of its group, plus a slope
 * common to all groups times how far its estimate is from the group's centre, plus noise. Levels are drawn to what is
 * usual between groups, the more so the fewer jobs a group has (empirical Bayes: B. Efron, C. Morris, "Stein's
 * estimation rule and its competitors", J. Am. Stat. Assoc. 68, 1973), and the slope to 1 (a ridge).
 *
 * All of it comes from sums, so a job costs the same however many were learned from, and their order does not matter.
 */
export class Family {
  readonly #prior: Prior
  readonly #groups = new Map<string, Group>()
  #scatter: Scatter = { xx: 0, xd: 0, dd: 0 }
  #freedom = 0
  #count = 0
  #d = 0
  #dd = 0
  #noise = 0
  #version = 0

  constructor(prior: Prior) {
    this.#prior = prior
  }

  /** Whether a job of the group has ended. */
  knows(group: string): boolean {
    return (this.#groups.get(group)?.ended.weight ?? 0) > 0
  }

  /** A job was started: its length is one of those that the group has. */
  see(group: string, x: number): void {
    const of = this.#group(group)
    of.seen += 1
    of.seenX += x
    of.belief = null
  }

  /** A job has ended, with d = ln(duration / estimate). A weight below 1 is for one that says less. */
  learn(group: string, x: number, d: number, weight = 1): void {
    const of = this.#group(group)
    addJob(of.ended, x, d, weight)
    this.#account(of)
  }

  /** What the group's running jobs say, instead of what they said before. */
  setRunning(group: string, running: Evidence): void {
    const of = this.#group(group)
    of.running = running
    this.#account(of)
  }

  belief(group: string): Belief {
    const of = this.#groups.get(group)
    if (!of) return this.#ofUnknown()
    if (of.belief && of.beliefOf === this.#version) return of.belief
    of.belief = this.#ofKnown(of)
    of.beliefOf = this.#version
    return of.belief
  }

  #group(name: string): Group {
    const known = this.#groups.get(name)
    if (known) return known
    const added: Group = {
      ended: noEvidence(),
      running: noEvidence(),
      seen: 0,
      seenX: 0,
      share: NO_SHARE,
      belief: null,
      beliefOf: 0,
    }
    this.#groups.set(name, added)
    return added
  }

  /** Brings the sums over all groups up to date with one of them. */
  #account(of: Group): void {
    const before = of.share
    const after = shareOf(union(of.ended, of.running))
    this.#scatter.xx += after.scatter.xx - before.scatter.xx
    this.#scatter.xd += after.scatter.xd - before.scatter.xd
    this.#scatter.dd += after.scatter.dd - before.scatter.dd
    this.#freedom += after.freedom - before.freedom
    this.#count += after.count - before.count
    this.#d += after.d - before.d
    this.#dd += after.dd - before.dd
    this.#noise += after.noise - before.noise
    of.share = after
    this.#version += 1
  }

  get #slope(): number {
    const slope = this.#scatter.xd / (this.#prior.slope + this.#scatter.xx)
    return Math.min(MOST_SLOPE, Math.max(LEAST_SLOPE, slope))
  }

  /** Variance of a job around its group, over all groups. */
  get #jobVariance(): number {
    const { jobs, jobSd } = this.#prior
    const squares = squaresAround(this.#scatter, this.#slope)
    return (jobs * jobSd ** 2 + squares) / (jobs + Math.max(0, this.#freedom))
  }

  /** Mean and variance of levels between groups: those seen, less what is mere noise in them, and those assumed. */
  #between(jobVariance: number): { mean: number; variance: number; meanVariance: number } {
    const { mean: assumed, betweenSd, groups } = this.#prior
    const count = Math.max(0, this.#count)
    const share = count / (count + groups)
    if (!(share > 0)) return { mean: assumed, variance: betweenSd ** 2, meanVariance: 0 }
    const mean = assumed + share * (this.#d / count - assumed)
    const squares = this.#dd - 2 * mean * this.#d + mean * mean * count + groups * (mean - assumed) ** 2
    const spread = Math.max(0, squares - this.#noise * jobVariance)
    const variance = (groups * betweenSd ** 2 + spread) / (groups + count)
    return { mean, variance, meanVariance: variance / (groups + count) }
  }

  #ofUnknown(): Belief {
    const jobVariance = this.#jobVariance
    const { mean, variance, meanVariance } = this.#between(jobVariance)
    return {
      level: mean,
      levelSd: Math.sqrt(variance + meanVariance),
      centre: 0,
      slope: 0,
      slopeSd: 0,
      jobSd: Math.sqrt(jobVariance),
    }
  }

  #ofKnown(of: Group): Belief {
    const { weight, x, d } = union(of.ended, of.running)
    const slope = this.#slope
    const pooled = this.#jobVariance
    const { mean, variance } = this.#between(pooled)
    const own = OWN_SPREAD_JOBS * pooled + squaresAround(of.share.scatter, slope)
    const jobVariance = own / (OWN_SPREAD_JOBS + of.share.freedom)
    const centre = of.seen > 0 ? of.seenX / of.seen : weight > 0 ? x / weight : 0
    const precision = 1 / variance + weight / jobVariance
    const sum = mean / variance + (d - slope * (x - weight * centre)) / jobVariance
    return {
      level: sum / precision,
      levelSd: Math.sqrt(1 / precision),
      centre,
      slope,
      slopeSd: Math.sqrt(pooled / (this.#prior.slope + this.#scatter.xx)),
      jobSd: Math.sqrt(jobVariance),
    }
  }
}

function shareOf(all: Evidence): Share {
  const { weight, d } = all
  if (!(weight > 0)) return NO_SHARE
  const count = weight / (weight + 1)
  const level = d / weight
  return {
    scatter: scatterOf(all),
    freedom: Math.max(0, weight - 1),
    count,
    d: count * level,
    dd: count * level * level,
    noise: 1 / (weight + 1),
  }
}
