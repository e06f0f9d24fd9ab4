/** When a run is expected to be over, in seconds from now: all finite and ≥ 0, `lowS` ≤ `expectedS` ≤ `highS`. */
export interface EndTime {
  readonly expectedS: number
  /** Ends of the 80 % interval: in one case of ten it is over sooner, in one of ten later. */
  readonly lowS: number
  readonly highS: number
}

/** How an end time is read from sampled futures; fitted on what came of runs (docs/scheduling.md says how). */
export interface Reading {
  /** Share of the futures that end before the time that is told. */
  readonly share: number
  /** Factor of the logarithms of (end of the interval / median). */
  readonly widening: number
  /** So far apart are told and true ends, as a logarithm, however alike all futures are: what no future knows of. */
  readonly floor: number
}

/**
 * As fitted. What is told is not the middle: of ends that are spread over a factor, the middle one is too long on average
 * as a share of what was left.
 */
export const FITTED: Reading = { share: 0.315, widening: 0.9, floor: 0.2 }

/** The futures as they are: their median and 10 % and 90 % quantiles. */
export const RAW: Reading = { share: 0.5, widening: 1, floor: 0 }

/** The end time by the ends of sampled futures. Needs one at least. */
export function endTimeOf(samplesS: readonly number[], { share, widening, floor }: Reading): EndTime {
  const sorted = [...samplesS].sort((a, b) => a - b)
  const medianS = quantile(sorted, 0.5)
  const expectedS = quantile(sorted, share)
  const apart = (s: number): number => {
    if (s === medianS) return Math.exp(floor)
    const raw = Math.abs(Math.log(s / medianS))
    return Math.exp(Math.hypot(widening * raw, floor))
  }
  return {
    expectedS,
    lowS: Math.min(expectedS, medianS / apart(quantile(sorted, 0.1))),
    highS: Math.max(expectedS, medianS * apart(quantile(sorted, 0.9))),
  }
}

/** Quantile of sorted numbers, straight between neighbours: number i of n stands for the share (i + 0.5) / n. */
export function quantile(sorted: readonly number[], share: number): number {
  const position = Math.min(sorted.length - 1, Math.max(0, share * sorted.length - 0.5))
  const below = sorted[Math.floor(position)] ?? 0
  const above = sorted[Math.ceil(position)] ?? below
  return below + (above - below) * (position - Math.floor(position))
}
