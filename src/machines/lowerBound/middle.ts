/** Jobs of equal size: their seconds in falling order, and the sums of the first of them. */
export interface SortedJobs {
  readonly seconds: Float64Array
  /** Number i is the sum of the first i. */
  readonly sums: Float64Array
}

/** Sorts the seconds of jobs. */
export function sortedJobs(seconds: readonly number[]): SortedJobs {
  const sorted = Float64Array.from(seconds).sort().reverse()
  const sums = new Float64Array(sorted.length + 1)
  sorted.forEach((s, i) => {
    sums[i + 1] = (sums[i] ?? 0) + s
  })
  return { seconds: sorted, sums }
}

/** Parts of the makespan, around its middle, that are looked at: from hardly more than a moment to all of it. */
const PARTS = [1e-4, ...Array.from({ length: 32 }, (_, i) => (i + 1) / 32)]

/** The bound is found as exactly as this, relatively. */
const PRECISION = 1e-6

/**
 * The longest makespan T, at least `knownS`, in which jobs cannot all be run by what they take in its middle: a job
 * longer than half of T runs at T / 2 wherever it begins, and in the middle part of length δ every job runs for at least
 * p − (T − δ) / 2 seconds (energetic reasoning: P. Baptiste, C. Le Pape, W. Nuijten, "Satisfiability tests and
 * time-bound adjustments for cumulative scheduling problems", Annals of Operations Research 92, 1999). With δ = T it is
 * the area bound. Each lot takes its size of the capacity.
 */
export function middleBound(
  lots: readonly SortedJobs[],
  sizes: readonly number[],
  capacity: number,
  knownS: number,
): number {
  let bound = knownS
  for (const part of PARTS) {
    const isTooShort = (makespanS: number) =>
      middleWork(lots, sizes, makespanS, part) > capacity * part * makespanS * (1 + PRECISION)
    if (isTooShort(bound)) bound = longestTooShort(isTooShort, bound)
  }
  return bound
}

/** By halving: the shorter the makespan, the more has to be done in its middle. */
function longestTooShort(isTooShort: (makespanS: number) => boolean, from: number): number {
  let low = from
  let high = 2 * from
  while (isTooShort(high)) {
    low = high
    high *= 2
  }
  while (high - low > PRECISION * low) {
    const middle = (low + high) / 2
    if (isTooShort(middle)) low = middle
    else high = middle
  }
  return low
}

/** What is done at least in the middle part of a makespan. */
function middleWork(
  lots: readonly SortedJobs[],
  sizes: readonly number[],
  makespanS: number,
  part: number,
): number {
  const lengthS = part * makespanS
  const beforeS = (makespanS - lengthS) / 2
  return lots.reduce((sum, jobs, i) => {
    const size = sizes[i] ?? 0
    return size > 0 ? sum + size * secondsWithin(jobs, beforeS, lengthS) : sum
  }, 0)
}

/** Σ min(length, p − before) over the jobs that are longer than `before`. */
function secondsWithin({ seconds, sums }: SortedJobs, beforeS: number, lengthS: number): number {
  const whole = firstWithin(seconds, beforeS + lengthS)
  const some = firstWithin(seconds, beforeS)
  return whole * lengthS + (sums[some] ?? 0) - (sums[whole] ?? 0) - (some - whole) * beforeS
}

/** Number of jobs that are longer than so many seconds. */
function firstWithin(seconds: Float64Array, limitS: number): number {
  let low = 0
  let high = seconds.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((seconds[middle] ?? 0) > limitS) low = middle + 1
    else high = middle
  }
  return low
}
