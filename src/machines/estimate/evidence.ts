/**
 * Weighted sums over jobs, enough for a straight line through them: x is the logarithm of a job's estimate, d that of
 * its duration / estimate. What is added can be taken away again.
 */
export interface Evidence {
  weight: number
  x: number
  d: number
  xx: number
  xd: number
  dd: number
}

/** Sums of nothing. */
export function noEvidence(): Evidence {
  return { weight: 0, x: 0, d: 0, xx: 0, xd: 0, dd: 0 }
}

/** Adds a job with a weight: 1 for one that has ended, less for one that says less. */
export function addJob(sums: Evidence, x: number, d: number, weight: number): void {
  sums.weight += weight
  sums.x += weight * x
  sums.d += weight * d
  sums.xx += weight * x * x
  sums.xd += weight * x * d
  sums.dd += weight * d * d
}

/** Both together. */
export function union(a: Evidence, b: Evidence): Evidence {
  return {
    weight: a.weight + b.weight,
    x: a.x + b.x,
    d: a.d + b.d,
    xx: a.xx + b.xx,
    xd: a.xd + b.xd,
    dd: a.dd + b.dd,
  }
}

/** As if each job weighed so many times as much. */
export function scaled({ weight, x, d, xx, xd, dd }: Evidence, by: number): Evidence {
  return { weight: weight * by, x: x * by, d: d * by, xx: xx * by, xd: xd * by, dd: dd * by }
}

/** Sums of squares and products around the means: what a group says of the slope and of the spread. */
export interface Scatter {
  xx: number
  xd: number
  dd: number
}

/** The scatter of jobs around their means; none where there are no jobs. */
export function scatterOf({ weight, x, d, xx, xd, dd }: Evidence): Scatter {
  if (!(weight > 0)) return { xx: 0, xd: 0, dd: 0 }
  return {
    xx: Math.max(0, xx - (x * x) / weight),
    xd: xd - (x * d) / weight,
    dd: Math.max(0, dd - (d * d) / weight),
  }
}

/** Sum of the squared distances from the line of a slope through the means. */
export function squaresAround({ xx, xd, dd }: Scatter, slope: number): number {
  return Math.max(0, dd - 2 * slope * xd + slope * slope * xx)
}
