import { startOf } from '../machines/rollout/start.ts'
import { searchRule } from '../machines/search/search.ts'
import type { Searcher, SearchResult, SearchTask } from '../machines/search/task.ts'
import type { SimulatedClock } from './clock.ts'

/**
 * What a simulated placement takes, in simulated seconds: so much, and so much more for each shape that is fitted anew
 * and for each bucket that is compared. Measured on generated instances of 1,000 and 8,000 jobs, 15 to 354 shapes and
 * up to 4,414 buckets, most of which it meets within a third (Node 24, one of two shared cores).
 */
const PLACEMENT_S = 2e-6
const SHAPE_S = 6e-8
const BUCKET_S = 5e-8

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
      const costS = result.placements * placementS(task)
      const timer = clock.setTimeout(() => answer.found(result, costS), costS * 1000)
      return () => clock.clearTimeout(timer)
    },
    close: () => Promise.resolve(),
  }
}

function placementS({ rest, groupStarts }: SearchTask): number {
  const { shapes, line } = startOf(rest)
  return PLACEMENT_S + SHAPE_S * shapes.count + BUCKET_S * line(groupStarts).buckets.length
}

function unchanged({ inForce, known }: SearchTask): SearchResult {
  return { rule: inForce, gain: 0, known, placements: 0 }
}
