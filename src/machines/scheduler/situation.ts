import type { Situation } from '../placement/policy.ts'
import { bucketsInTime, endsInTime } from './deadline.ts'
import type { SchedulerState } from './state.ts'

/** What is placed in one go takes a few milliseconds: while thousands of places are filled, the event loop goes on. */
export const MOST_AT_ONCE = 50

/** What a policy may know now. What has not changed since it was asked last is the same value as then. */
export function situationOf(state: SchedulerState): Situation {
  const now = state.ports.now()
  return {
    now,
    nodes: state.openNodes.of(state),
    changes: state.openNodes.changes,
    buckets: bucketsInTime(state),
    most: MOST_AT_ONCE,
    predict: state.predictions.at(now),
    placedOf: group => state.placedOfGroup.get(group) ?? 0,
    starving: () => state.queue.starving().filter(pending => endsInTime(state, pending)),
  }
}
