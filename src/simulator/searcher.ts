import { searchRule } from '../machines/search/search.ts'
import type { Searcher } from '../machines/search/task.ts'
import type { SimulatedClock } from './clock.ts'

/** What a simulated placement takes, in simulated seconds. */
const PLACEMENT_S = 1e-5

/**
 * Searches at once, and answers after as much simulated time as the search would take: the same run twice finds the
 * same, and what is simulated gets no rule sooner than a real run would.
 */
export function createSimulatedSearcher(clock: SimulatedClock): Searcher {
  return {
    search(task, answer) {
      const result = searchRule(task)
      const costS = result.placements * PLACEMENT_S
      const timer = clock.setTimeout(() => answer.found(result, costS), costS * 1000)
      return () => clock.clearTimeout(timer)
    },
    close: () => Promise.resolve(),
  }
}
