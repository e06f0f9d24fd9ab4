import { normalAbove, normalQuantile } from '../normal.ts'

/** What is believed of how long one job takes in all: ln(seconds) is normal. Plain data. */
export interface Distribution {
  /** Mean of ln(seconds): its exponential is the median duration. */
  readonly logMean: number
  /** Standard deviation of what the job has in common with all of its group: the group's factor is not known. */
  readonly sharedSd: number
  /** Standard deviation of what is the job's own. */
  readonly ownSd: number
}

/** Shortest time that is ever predicted, in seconds: a group of jobs that end at once still costs something. */
export const SHORTEST_S = 0.001

/** Half of all jobs like this take longer than so many seconds. */
export function medianS({ logMean }: Distribution): number {
  return secondsOf(logMean)
}

/** Mean duration in seconds: above the median, since a few jobs take much longer. */
export function meanS({ logMean, sharedSd, ownSd }: Distribution): number {
  return secondsOf(logMean + (sharedSd * sharedSd + ownSd * ownSd) / 2)
}

/** A share `u`, in (0, 1), of all jobs like this that last longer than `elapsedS` seconds takes at most so many, in all. */
export function quantileS(job: Distribution, u: number, elapsedS = 0): number {
  return drawn(job.logMean, Math.hypot(job.sharedSd, job.ownSd), u, elapsedS)
}

/**
 * A draw of the job's duration in seconds, given that it has run for `elapsedS` already: more than that. `sharedZ`, of
 * a standard normal distribution, is the same for all jobs of a group in one sampled future, so that they are late
 * together; `u`, uniform in (0, 1), is the job's own.
 */
export function sampleS(job: Distribution, sharedZ: number, u: number, elapsedS = 0): number {
  return drawn(job.logMean + job.sharedSd * sharedZ, job.ownSd, u, elapsedS)
}

function drawn(logMean: number, sd: number, u: number, elapsedS: number): number {
  if (!(elapsedS > 0)) return secondsOf(logMean + sd * normalQuantile(u))
  const least = (Math.log(elapsedS) - logMean) / sd
  return Math.max(elapsedS, secondsOf(logMean + sd * normalAbove(least, u)))
}

/**
 * What is believed of a job that has told, after so many seconds, how much of it is done: both accounts, each with the
 * weight of its precision.
 */
export function withProgress(job: Distribution, fraction: number, elapsedS: number): Distribution {
  const told = toldBy(fraction, elapsedS)
  if (!told) return job
  const variance = job.sharedSd ** 2 + job.ownSd ** 2
  const weight = variance / (variance + told.sd ** 2)
  const sharedSd = job.sharedSd * (1 - weight)
  return {
    logMean: job.logMean + weight * (told.logMean - job.logMean),
    sharedSd,
    ownSd: Math.sqrt(variance * (1 - weight) - sharedSd ** 2),
  }
}

/**
 * The duration that a job's own account comes to, elapsed / fraction, and how far to trust it: a tenth of it says as
 * much as a well-known group does, half of it is right to some percent.
 */
export function toldBy(fraction: number, elapsedS: number): { logMean: number; sd: number } | null {
  if (!(fraction > 0) || !(elapsedS > 0)) return null
  const done = Math.min(1, Math.max(LEAST_DONE, fraction))
  return { logMean: Math.log(elapsedS / done), sd: 0.02 + (0.1 * (1 - done)) / Math.sqrt(done) }
}

/** Less than this is as good as nothing. */
const LEAST_DONE = 1e-6

export function secondsOf(log: number): number {
  return Math.max(SHORTEST_S, Math.exp(Math.min(log, LONGEST_LOG)))
}

/** Thirty thousand years: beyond it figures only overflow. */
const LONGEST_LOG = Math.log(1e12)
