/** When a run is expected to be over, in seconds from now: all finite and ≥ 0, `low` ≤ `median` ≤ `high`. */
export interface EndTime {
  readonly medianS: number
  /** Ends of the 80 % interval: in one case of ten it is over sooner, in one of ten later. */
  readonly lowS: number
  readonly highS: number
}

/** The end time by the ends of sampled futures, the interval widened by a factor on a log scale. Needs one at least. */
export function endTimeOf(samplesS: readonly number[], widening: number): EndTime {
  const sorted = [...samplesS].sort((a, b) => a - b)
  const medianS = quantile(sorted, 0.5)
  const widened = (toS: number): number =>
    toS > 0 && medianS > 0 ? medianS * (toS / medianS) ** widening : toS
  return { medianS, lowS: widened(quantile(sorted, 0.1)), highS: widened(quantile(sorted, 0.9)) }
}

/** Quantile of sorted numbers, straight between neighbours: number i of n stands for the share (i + 0.5) / n. */
export function quantile(sorted: readonly number[], share: number): number {
  const position = Math.min(sorted.length - 1, Math.max(0, share * sorted.length - 0.5))
  const below = sorted[Math.floor(position)] ?? 0
  const above = sorted[Math.ceil(position)] ?? below
  return below + (above - below) * (position - Math.floor(position))
}
