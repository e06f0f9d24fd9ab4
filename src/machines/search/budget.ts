/** What a search may cost depends on this. */
export interface Means {
  /** Threads of the machine. */
  readonly threads: number
  /** Whether jobs take them all: then a search takes its time from a job. */
  readonly busy: boolean
  /** Expected seconds to the end of the run. */
  readonly restS: number
  /** How many searches are still to come in this run, this one included. */
  readonly searches: number
}

/** Share of the machine's CPU time that goes into searching. */
export const SHARE_OF_CPU = 0.02

/** What a search can be expected to save of the rest of a run. */
const LIKELY_SAVING = 0.01

/** More than that for one search finds hardly more, in seconds of CPU time. */
const MOST_S = 1

/** Less is not worth waking a thread for. */
const LEAST_S = 0.005

/**
 * Seconds of CPU time that a search may cost; 0 for none. All searches together stay within their share of the machine
 * over the rest of the run. Where jobs take all threads a search has to save more than it costs: none is made where
 * the rest of the run is shorter than that.
 */
export function budgetS({ threads, busy, restS, searches }: Means): number {
  const share = (SHARE_OF_CPU * threads * restS) / searches
  const most = Math.min(MOST_S, share, busy ? LIKELY_SAVING * restS : Number.POSITIVE_INFINITY)
  return most >= LEAST_S ? most : 0
}
