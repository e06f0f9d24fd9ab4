import type { PendingJob } from '../placement/queue.ts'
import { evict } from './settle.ts'
import type { SchedulerState } from './state.ts'

/** Jobs have to have ended by then (ms since the epoch), when something ends that is named by `by`; `null`: by no time. */
export function endBy({ deadline, ports }: SchedulerState, at: number | null, by: string): void {
  deadline.at = at
  deadline.by = by
  ports.signal.resumed()
}

/** Whether jobs wait, nothing runs, and none of them would end in time any more. */
export function nothingEndsInTime(state: SchedulerState): boolean {
  const { deadline, queue, live, retrying } = state
  if (deadline.at === null || queue.size === 0 || live.size > 0 || retrying.size > 0) return false
  return bucketsInTime(state).length === 0
}

/** Says that the run stops for want of time. */
export function tellOutOfTime({ deadline, queue, live, ports }: SchedulerState): void {
  const at = ports.now()
  ports.tell({ type: 'time.over', at, by: deadline.by, waiting: queue.size, ended: live.size })
}

/** What still runs is ended, and goes back to the queue: a run that is resumed goes on with it. */
export function endRunning(state: SchedulerState): void {
  for (const live of [...state.live.values()]) evict(state, live)
}

/** Number of jobs that wait and would not end in time any more. */
export function lateJobs(state: SchedulerState): number {
  if (state.deadline.at === null) return 0
  return state.queue.size - bucketsInTime(state).reduce((sum, { size }) => sum + size, 0)
}

/** Whether a waiting job would end in time if it started now. */
export function endsInTime({ deadline, ports, predictions }: SchedulerState, pending: PendingJob): boolean {
  const now = ports.now()
  return deadline.allows(pending, now, predictions.atMost(now))
}

/** The buckets of the queue without the jobs that would not end in time. */
export function bucketsInTime({ deadline, queue, predictions, ports }: SchedulerState) {
  const now = ports.now()
  return deadline.at === null
    ? queue.buckets()
    : deadline.inTime(queue.buckets(), now, predictions.atMost(now))
}
