import { searchRule } from '../machines/search/search.ts'
import type { Searcher, SearchResult, SearchTask } from '../machines/search/task.ts'
import type { SimulatedClock } from './clock.ts'

/** What a simulated placement takes, in simulated seconds. */
const PLACEMENT_S = 1e-5

/**
 * Searches at once, and answers after as much simulated time as the search would take: the same run twice finds the
 * same, and what is simulated gets no rule sooner than a real run would. When `mostPlacements` have been simulated in all,
 * further searches find nothing. Default: as many as a real run would spend.
 */
export function createSimulatedSearcher(
  clock: SimulatedClock,
  mostPlacements = Number.POSITIVE_INFINITY,
): Searcher {
  let left = mostPlacements
  return {
    search(task, answer) {
      const placements = Math.min(task.placements, left)
      const result = placements > 0 ? searchRule({ ...task, placements }) : unchanged(task)
      left = Math.max(0, left - result.placements)
      const costS = result.placements * PLACEMENT_S
      const timer = clock.setTimeout(() => answer.found(result, costS), costS * 1000)
      return () => clock.clearTimeout(timer)
    },
    close: () => Promise.resolve(),
  }
}

function unchanged({ inForce, known }: SearchTask): SearchResult {
  return { rule: inForce, gain: 0, known, placements: 0 }
}
