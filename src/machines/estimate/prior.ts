/** What is assumed of a kind of estimates before any job has ended. All in logarithms of seconds. */
export interface Prior {
  /** Mean over the groups of ln(duration / estimate). */
  readonly mean: number
  /** Its standard deviation between groups. */
  readonly betweenSd: number
  /** Standard deviation of true lengths, between groups and within one, to which those of estimates are compared. */
  readonly lengthSd: number
  /** So many groups are assumed to have been seen that were as these say. */
  readonly groups: number
  /** Standard deviation of a job around its group. */
  readonly jobSd: number
  /** So many jobs are assumed to have been seen that were as `jobSd` says. */
  readonly jobs: number
  /** How firmly durations are held to be proportional to estimates: the scatter of estimates that weighs as much. */
  readonly slope: number
}

/** Estimates of the user's: right in the mean, a group off by a factor of two and a half, a job by one and a half. */
export const OF_GIVEN: Prior = {
  mean: 0,
  betweenSd: 0.9,
  lengthSd: 0.7,
  groups: 3,
  jobSd: 0.4,
  jobs: 4,
  slope: 4,
}

/** Durations of the same job in an earlier run: what differs is how busy, or how fast, the machine is. */
export const OF_EARLIER: Prior = {
  mean: 0,
  betweenSd: 0.25,
  lengthSd: 1,
  groups: 3,
  jobSd: 0.2,
  jobs: 4,
  slope: 20,
}

/**
 * No estimate at all, which counts as one of 1 s: a minute, give or take a factor of ten. Groups of different work say
 * nothing of each other, so their mean is not learned.
 */
export const OF_NOTHING: Prior = {
  mean: Math.log(60),
  betweenSd: 2.3,
  lengthSd: Number.POSITIVE_INFINITY,
  groups: Number.POSITIVE_INFINITY,
  jobSd: 0.7,
  jobs: 4,
  slope: Number.POSITIVE_INFINITY,
}
