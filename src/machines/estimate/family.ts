import type { Belief } from './belief.ts'
import { addJob, type Evidence, noEvidence, scaled, squaresAround, union } from './evidence.ts'
import { beyond, Lengths, type Usual } from './lengths.ts'
import { LEAST_SLOPE, MOST_SLOPE, NO_SHARE, Pool, type Share, shareOf } from './pool.ts'
import type { Prior } from './prior.ts'

interface Group {
  readonly name: string
  /** What earlier runs have taught. */
  past: Evidence
  readonly ended: Evidence
  running: Evidence
  share: Share
  /** As it was believed at a version of what is known; `null` where that is past in any case. */
  belief: Belief | null
  version: number
}

/** So many jobs of a group say as much of its own spread as all groups together. */
const OWN_SPREAD_JOBS = 8

/** Standard deviation of a group's level from one run to the next: another machine, or more beside it. */
const BETWEEN_RUNS_SD = 0.2

/**
 * What is learned from estimates of one kind: ln(duration / estimate) of a job is the level of its group, plus a slope
 * common to all groups times how far its estimate is from the group's centre, plus noise. Levels are drawn to what is
 * usual between groups, the more so the fewer jobs a group has (empirical Bayes: B. Efron, C. Morris, "Stein's
 * estimation rule and its competitors", J. Am. Stat. Assoc. 68, 1973), and the slope to a power of 1.
 *
 * All of it comes from sums, so a job costs the same however many were learned from, and their order does not matter.
 */
export class Family {
  readonly #lengths: Lengths
  readonly #pool: Pool
  readonly #groups = new Map<string, Group>()
  #version = 0
  /** Whether jobs were added, so that what is usual is another. */
  #stale = false

  constructor(prior: Prior) {
    this.#lengths = new Lengths(prior)
    this.#pool = new Pool(prior)
  }

  /** Whether a job of the group has ended, in this run or an earlier one. */
  knows(group: string): boolean {
    const of = this.#groups.get(group)
    return of !== undefined && of.ended.weight + of.past.weight > 0
  }

  /** What earlier runs have taught of a group; before anything else is learned of it. */
  remember(group: string, past: Evidence): void {
    const of = this.#group(group)
    of.past = past
    this.#account(of)
  }

  /** A job is to be run: its estimate is one of those that the others are compared with. */
  expect(group: string, x: number): void {
    this.#lengths.add(group, x)
    this.#group(group)
    this.#stale = true
  }

  /** A job has ended, with d = ln(duration / estimate). */
  learn(group: string, x: number, d: number): void {
    const of = this.#group(group)
    addJob(of.ended, x, d, 1)
    this.#account(of)
  }

  /** What the group's running jobs say, instead of what they said before. */
  setRunning(group: string, running: Evidence): void {
    const of = this.#group(group)
    of.running = running
    this.#account(of)
  }

  belief(group: string): Belief {
    if (this.#stale) this.#accountAll()
    const of = this.#groups.get(group)
    if (!of) return this.#ofUnknown()
    if (of.belief && of.version === this.#version) return of.belief
    of.belief = this.#ofKnown(of)
    of.version = this.#version
    return of.belief
  }

  #group(name: string): Group {
    const known = this.#groups.get(name)
    if (known) return known
    const added: Group = {
      name,
      past: noEvidence(),
      ended: noEvidence(),
      running: noEvidence(),
      share: NO_SHARE,
      belief: null,
      version: 0,
    }
    this.#groups.set(name, added)
    return added
  }

  #accountAll(): void {
    this.#stale = false
    for (const of of this.#groups.values()) this.#account(of)
  }

  #usual(of: Group): Usual {
    const { weight, x } = union(of.past, union(of.ended, of.running))
    return this.#lengths.usual(of.name) ?? { level: 0, slope: 0, centre: weight > 0 ? x / weight : 0 }
  }

  /** Brings what all groups say up to date with one of them. */
  #account(of: Group): void {
    const usual = this.#usual(of)
    const after = shareOf(beyond(usual, of.past), beyond(usual, union(of.ended, of.running)))
    this.#pool.replace(of.share, after)
    of.share = after
    this.#version += 1
  }

  #ofUnknown(): Belief {
    const { mean, variance, meanVariance } = this.#pool.between(1)
    const jobSd = Math.sqrt(this.#pool.jobVariance)
    const levelSd = Math.sqrt(variance + meanVariance)
    return { level: mean, levelSd, centre: 0, slope: 0, slopeSd: 0, jobSd }
  }

  #ofKnown(of: Group): Belief {
    const { slope, slopeVariance } = this.#pool
    const between = this.#pool.between(this.#lengths.remains)
    const jobVariance = this.#spreadOf(of, slope)
    const usual = this.#usual(of)
    const { weight, x, d } = beyond(usual, union(faded(of.past, jobVariance), union(of.ended, of.running)))
    const { centre } = usual
    const off = weight > 0 ? x / weight - centre : 0
    const said = weight / (jobVariance + weight * slopeVariance * off * off)
    const precision = 1 / between.variance + said
    const sum = between.mean / between.variance + said * (weight > 0 ? d / weight - slope * off : 0)
    return {
      level: usual.level + sum / precision,
      levelSd: Math.sqrt(1 / precision),
      centre,
      slope: Math.min(MOST_SLOPE, Math.max(LEAST_SLOPE, usual.slope + slope)),
      slopeSd: Math.sqrt(slopeVariance),
      jobSd: Math.sqrt(jobVariance),
    }
  }

  /** Variance of a job around its group: that of all groups, and more and more the group's own. */
  #spreadOf({ share }: Group, slope: number): number {
    const squares = OWN_SPREAD_JOBS * this.#pool.jobVariance + squaresAround(share.scatter, slope)
    return squares / (OWN_SPREAD_JOBS + share.freedom)
  }
}

/** Of an earlier run no number of jobs says more of the level than how far levels lie apart from run to run. */
function faded(past: Evidence, jobVariance: number): Evidence {
  return scaled(past, 1 / (1 + (past.weight * BETWEEN_RUNS_SD ** 2) / jobVariance))
}
