import type { PendingJob } from '../placement/queue.ts'
import { retryDelay } from '../retryDelay.ts'
import type { Retry, SchedulerState } from './state.ts'

/** A job waits until it is tried again. Whoever calls this sees to it that it is woken. */
export function waitForRetry(state: SchedulerState, pending: PendingJob, retry: Retry): void {
  const record = { at: 'retrying', pending, retryAt: retry.at, failure: retry.failure } as const
  state.retrying.set(pending.job.id, record)
  state.jobs.move(record)
}

/**
 * How long a job waits still, in ms: until the moment that was written down, but no longer than any wait of it lasts. A
 * clock that was set back since would else let it wait by as much.
 */
export function retryWaitMs({ ports, retrying }: SchedulerState, jobId: string): number {
  const record = retrying.get(jobId)
  if (!record) return 0
  const longestS = retryDelay(jobId, record.pending.attempts, ports.retryDelayS)
  return Math.max(0, Math.min(record.retryAt - ports.now(), longestS * 1000))
}

/** Its wait is over: the timer says so, not the clock, which may be a fraction behind it or have been set back. */
export function retry(state: SchedulerState, { jobId }: { jobId: string }): void {
  const waiting = state.retrying.get(jobId)
  if (!waiting) return
  state.retrying.delete(jobId)
  state.jobs.move({ at: 'queue', pending: waiting.pending })
  state.queue.add(waiting.pending)
  state.ports.signal.resumed()
}
