import { millsRatio } from '../normal.ts'
import type { Distribution } from './distribution.ts'
import { toldBy } from './distribution.ts'

/** A job that runs, as an observation: as if one with this logarithm of its duration had ended, with a weight in [0, 1]. */
export interface Observation {
  readonly logS: number
  readonly weight: number
}

/** Less than this says nothing worth reckoning with. */
const LEAST_WEIGHT = 1e-4

/**
 * What a job says of its group that has run for `elapsedS` seconds and has not ended: its duration is at least that
 * (censored: J. Tobin, "Estimation of relationships for limited dependent variables", Econometrica 26, 1958). The
 * logarithm of that likelihood is taken as a parabola around what is believed now (Newton's step), which makes an
 * observation of it: of weight h (h − z) at the distance σ / (h − z), h the hazard of the normal distribution at z, the
 * distance of ln(elapsed) from what is expected, in σ. Long before its time a job says nothing, long after it says that
 * it takes a little longer than it has run.
 */
export function censored(job: Distribution, elapsedS: number): Observation | null {
  if (!(elapsedS > 0)) return null
  const { logMean, ownSd } = job
  const z = (Math.log(elapsedS) - logMean) / ownSd
  if (z < -4) return null
  const hazard = z < 30 ? 1 / millsRatio(z) : z + 1 / z
  const gap = hazard - z
  const weight = Math.min(1, hazard * gap)
  return weight > LEAST_WEIGHT ? { logS: logMean + ownSd / gap, weight } : null
}

/** What it says by its own account, where it has told how much of it is done. */
export function observed(job: Distribution, told: Told | null, elapsedS: number): Observation | null {
  const bound = censored(job, elapsedS)
  const account = told && toldBy(told.fraction, told.elapsedS)
  if (!account) return bound
  const variance = job.ownSd ** 2
  const weight = variance / (variance + account.sd ** 2)
  return bound && bound.weight > weight ? bound : { logS: account.logMean, weight }
}

/** How much of a job was done after so many seconds, by its own account. */
export interface Told {
  readonly fraction: number
  readonly elapsedS: number
}
