/** Density of the standard normal distribution. */
export function density(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
}

/** P(Z > x), by the series of Marsaglia, "Evaluating the Normal Distribution", J. Stat. Software 11, 2004. */
export function upperTail(x: number): number {
  if (x < -8) return 1
  if (x > 3) return tailFraction(x) * density(x)
  let term = x
  let sum = x
  for (let k = 3; Math.abs(term) > 1e-17; k += 2) {
    term *= (x * x) / k
    sum += term
  }
  return 0.5 - sum * density(x)
}

/** Upper tail of the standard normal distribution over its density, accurate to 1e-9 for x > -8. */
export function millsRatio(x: number): number {
  return x > 3 ? tailFraction(x) : upperTail(x) / density(x)
}

/** Laplace's continued fraction 1 / (x + 1 / (x + 2 / (x + 3 / …))), for x well above 0. */
function tailFraction(x: number): number {
  let below = x
  for (let k = 60; k > 0; k -= 1) below = x + k / below
  return 1 / below
}

/**
 * The z for which P(Z < z) = u, for u in (0, 1): the rational approximation 26.2.23 of Abramowitz and Stegun,
 * "Handbook of Mathematical Functions", 1964, and one step of Halley's method on it.
 */
export function normalQuantile(u: number): number {
  return u < 0.5 ? -upperQuantile(Math.max(u, Number.MIN_VALUE)) : upperQuantile(Math.max(1 - u, 2 ** -54))
}

/** The x ≥ 0 for which P(Z > x) = p, for p in (0, 0.5]. */
function upperQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(p))
  const x =
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
  const step = x < 8 ? (upperTail(x) - p) / density(x) : 0
  return x + step / (1 - (x * step) / 2)
}

/**
 * A draw from the standard normal distribution above `least`: the one at the share u, in (0, 1), of what lies there.
 * Far out in the tail, where squares are exponential, by √(least² − 2 ln(1 − u)) (G. Marsaglia, "Generating a variable
 * from the tail of the normal distribution", Technometrics 6, 1964, without its rejections: 2 % off at 5).
 */
export function normalAbove(least: number, u: number): number {
  if (least < -8) return normalQuantile(u)
  if (least > 5) return Math.sqrt(least * least - 2 * Math.log1p(-u))
  return Math.max(least, -normalQuantile(upperTail(least) * (1 - u)))
}
