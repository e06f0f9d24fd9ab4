import { millsRatio, upperTail } from './normal.ts'

/**
 * Spread of a job's true duration around its prediction: the standard deviation of the logarithm of their ratio.
 * 0.5 says that two jobs of three take between 0.54 and 1.46 times what was predicted.
 */
export const SPREAD = 0.5

/** From this share of told progress on, what the job tells counts alone; below, with the square of its part. */
const TRUSTED_PROGRESS = 0.1

/** A job that says it is done, and still runs, has at least this share left. */
const LEAST_LEFT = 0.01

/**
 * Expected remaining seconds of a job that has run for `elapsedS` of `predictedS` seconds and is not done.
 *
 * The duration is taken as log-normal with mean `predictedS`; what is left is its mean residual life
 * E[T - t | T > t] (A. L. Sweet, "On the hazard rate of the lognormal distribution", IEEE Transactions on
 * Reliability 39, 1990; for jobs on parallel machines in the same spirit A. B. Downey, "Predicting queue times on
 * space-sharing parallel computers", IPPS 1997). Past the prediction it rises again instead of falling to 0: the
 * longer a job is overdue, the longer it is still expected to run. At the start it equals the prediction.
 */
export function residualS(elapsedS: number, predictedS: number): number {
  const t = Math.max(0, elapsedS)
  if (t === 0) return Math.max(0, predictedS)
  if (!(predictedS > 0)) return t
  const z = Math.log(t / predictedS) / SPREAD + SPREAD / 2
  if (z > 0) return t * (millsRatio(z - SPREAD) / millsRatio(z) - 1)
  return Math.max(0, (predictedS * upperTail(z - SPREAD)) / upperTail(z) - t)
}

/**
 * Expected remaining seconds of a running job that may have told its progress, a fraction in [0, 1] (`null` where
 * it has not): after t seconds with the fraction f done, t (1 - f) / f is left by the job's own account. Below a
 * tenth of progress that is blended with what was predicted, so that the first word of a job changes little.
 */
export function remainingOfRunning(elapsedS: number, predictedS: number, progress: number | null): number {
  const predicted = residualS(elapsedS, predictedS)
  if (progress === null || !(progress > 0) || !(elapsedS > 0)) return predicted
  const done = Math.min(progress, 1 - LEAST_LEFT)
  const part = Math.min(1, done / TRUSTED_PROGRESS)
  const weightedTold = elapsedS * (1 - done) * part * (part / done)
  return weightedTold + (1 - part * part) * predicted
}
