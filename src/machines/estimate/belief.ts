import type { Distribution } from './distribution.ts'

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
