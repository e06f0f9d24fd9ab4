/** No estimate and no duration is taken for shorter, or longer, than so many seconds. */
const SHORTEST_S = 1e-6
const LONGEST_S = 1e11

/** Logarithm of a duration or an estimate in seconds: finite, also for a job that took no time at all. */
export function logSeconds(seconds: number): number {
  return Math.log(Math.min(LONGEST_S, Math.max(SHORTEST_S, seconds)))
}
