/** What is assumed of a job of which nobody knows anything, in seconds. */
export const GUESS_S = 60

/** Shortest time that is ever predicted, in seconds: a group of jobs that end at once still costs something. */
const SHORTEST_S = 0.001

/** How long a job is expected to run, in all. */
export interface Prediction {
  /** Seconds, > 0. */
  readonly seconds: number
  /** True where neither the user nor the group's finished jobs said anything: the 60 s are a guess. */
  readonly guess: boolean
}

/** What finished jobs of a group have taught. */
export interface GroupEstimate {
  readonly group: string
  /** Duration / estimate over the jobs that had an estimate; 1 before one of them has ended. */
  readonly factor: number
  /** Number of jobs with an estimate that the factor was learned from. */
  readonly jobs: number
  /** Number of jobs without an estimate that were learned from. */
  readonly unestimatedJobs: number
  /** Mean duration in seconds of all jobs that were learned from. */
  readonly meanS: number
  /** Sum of these durations in seconds: the weight of what was learned. */
  readonly learnedS: number
}

/** Says how long jobs will take, and learns from those that have ended. */
export interface Estimator {
  /** Expected total duration of a job; `timeS` is the user's estimate in seconds or `null`. */
  predict(job: { readonly group: string; readonly timeS: number | null }): Prediction
  /**
   * Learns from a job that has ended. `estimateS` is what the user gave (seconds, `null` for nothing). The caller
   * leaves out jobs that failed, were cancelled, or said that their duration is not representative.
   */
  learn(group: string, estimateS: number | null, durationS: number): void
  /** The group's time factor, 1 before anything was learned. */
  factor(group: string): number
  /** Every group that has taught something, in the order in which the groups were first seen. */
  groups(): readonly GroupEstimate[]
}

interface Sums {
  jobs: number
  durationS: number
}

interface Learned {
  readonly estimated: Sums & { estimateS: number }
  readonly unestimated: Sums
}

/**
 * The estimator of time factors: a group's factor is the sum of durations over the sum of estimates, so that long
 * jobs, which decide the end of a run, weigh more than short ones. A job without an estimate is expected to take
 * the mean of its group's finished jobs without one, else the mean of all of the group, else 60 s.
 */
export function createFactorEstimator(): Estimator {
  const learned = new Map<string, Learned>()
  return {
    predict: job => predictFrom(learned.get(job.group), job.timeS),
    learn: (group, estimateS, durationS) => take(learned, group, estimateS, durationS),
    factor: group => factorOf(learned.get(group)),
    groups: () => [...learned].map(([group, sums]) => describe(group, sums)),
  }
}

function take(
  learned: Map<string, Learned>,
  group: string,
  estimateS: number | null,
  durationS: number,
): void {
  if (!(durationS >= 0) || durationS === Number.POSITIVE_INFINITY) return
  const sums = learned.get(group) ?? nothing()
  learned.set(group, sums)
  const side = estimateS === null ? sums.unestimated : sums.estimated
  side.jobs += 1
  side.durationS += durationS
  if (estimateS !== null) sums.estimated.estimateS += estimateS
}

function nothing(): Learned {
  return {
    estimated: { jobs: 0, durationS: 0, estimateS: 0 },
    unestimated: { jobs: 0, durationS: 0 },
  }
}

function predictFrom(sums: Learned | undefined, timeS: number | null): Prediction {
  if (timeS !== null) return { seconds: atLeastShortest(timeS * factorOf(sums)), guess: false }
  const meanS = sums && (meanOf(sums.unestimated) ?? meanOf(sums.estimated))
  return meanS === undefined
    ? { seconds: GUESS_S, guess: true }
    : { seconds: atLeastShortest(meanS), guess: false }
}

function factorOf(sums: Learned | undefined): number {
  return sums && sums.estimated.estimateS > 0 ? sums.estimated.durationS / sums.estimated.estimateS : 1
}

function meanOf({ jobs, durationS }: Sums): number | undefined {
  return jobs > 0 ? durationS / jobs : undefined
}

function atLeastShortest(seconds: number): number {
  return Math.max(SHORTEST_S, seconds)
}

function describe(group: string, sums: Learned): GroupEstimate {
  const learnedS = sums.estimated.durationS + sums.unestimated.durationS
  const jobs = sums.estimated.jobs + sums.unestimated.jobs
  return {
    group,
    factor: factorOf(sums),
    jobs: sums.estimated.jobs,
    unestimatedJobs: sums.unestimated.jobs,
    meanS: learnedS / jobs,
    learnedS,
  }
}
