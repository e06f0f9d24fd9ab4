import type { JobReport, Settlement } from '../../events.ts'
import type { Outcome } from '../../job.ts'
import { fromBytes } from '../../units.ts'
import type { PendingJob } from '../placement/queue.ts'
import { grow, teach } from './growth.ts'
import type { LiveJob, Retry, SchedulerState } from './state.ts'

/** A process has started. */
export function noteRunning(
  state: SchedulerState,
  { jobId, placementId, at, pid }: Extract<JobReport, { type: 'job.running' }>,
): void {
  const live = state.live.get(jobId)
  if (live?.placementId !== placementId || live.startedAt !== null) return
  live.startedAt = at
  state.ports.estimator.started(live.pending.job, at)
  state.ports.tell({ type: 'job.started', at, id: jobId, pid })
}

/** A job that cannot be killed keeps what it holds: nobody else can use that, whatever a ledger says. */
export function tellStuck(
  { live, ports }: SchedulerState,
  { jobId, placementId }: Extract<JobReport, { type: 'job.stuck' }>,
): void {
  const stuck = live.get(jobId)
  if (stuck?.placementId !== placementId) return
  const message = `${stuck.pending.job.name} was killed, but does not end (does it wait for a disk or a GPU that does not answer?): it keeps its resources until it is gone`
  ports.tell({ type: 'warning', at: ports.now(), message })
}

/** A running job tells how much of it is done. */
export function noteProgress(
  { live, ports }: SchedulerState,
  { jobId, placementId, fraction }: Extract<JobReport, { type: 'job.advanced' }>,
): void {
  if (live.get(jobId)?.placementId === placementId) ports.estimator.progressed(jobId, fraction, ports.now())
}

/** An attempt is over: what came of it is told, then its resources are free, then the others learn from it. */
export function settle(
  state: SchedulerState,
  { jobId, placementId, settlement }: Extract<JobReport, { type: 'job.settled' }>,
): void {
  const live = state.live.get(jobId)
  if (!live || live.placementId !== placementId) return
  state.live.delete(jobId)
  state.ports.estimator.stopped(jobId)
  moveOn(state, live, settlement)
  state.nodes.get(live.node)?.ledger.send({ type: 'ledger.release', placementId })
  if (settlement.to === 'ended') learn(state, live, settlement.outcome)
  state.ports.signal.freed()
}

function moveOn(state: SchedulerState, live: LiveJob, settlement: Settlement): void {
  if (settlement.to === 'ended') end(state, live.pending, settlement.outcome)
  else if (settlement.to === 'retrying') retryLater(state, live, settlement)
  else requeue(state, live.pending)
}

/** A job has ended: it is data from now on. */
export function end(state: SchedulerState, pending: PendingJob, outcome: Outcome): void {
  state.jobs.set(pending.job.id, { at: 'end', pending, outcome })
  state.ends[outcome.status]++
  state.ports.tell({ type: 'job.ended', at: state.ports.now(), outcome })
}

function retryLater(
  state: SchedulerState,
  live: LiveJob,
  { failure, retryAt, growsBy, peakRamGb }: Extract<Settlement, { to: 'retrying' }>,
): void {
  const { job } = live.pending
  const again = { ...live.pending, attempts: live.pending.attempts + 1 }
  const pending = growsBy === null ? again : grow(state, again, growsBy, peakRamGb)
  const others = growsBy === null ? 0 : teach(state, live.pending, pending)
  waitForRetry(state, pending, { at: retryAt, failure })
  state.ports.tell({
    type: 'job.retrying',
    at: state.ports.now(),
    id: job.id,
    name: job.name,
    attempt: pending.attempts,
    retryAt,
    failure,
    more: growsBy === null ? null : { of: growsBy, gib: fromBytes(pending.demand[growsBy]), others },
  })
}

/** A job waits until it is tried again. Whoever calls this sees to it that it is woken. */
export function waitForRetry(state: SchedulerState, pending: PendingJob, retry: Retry): void {
  const record = { at: 'retrying', pending, retryAt: retry.at, failure: retry.failure } as const
  state.retrying.set(pending.job.id, record)
  state.jobs.set(pending.job.id, record)
}

/**
 * How long a job waits still, in ms: until the moment that was written down, but no longer than any wait of it lasts. A
 * clock that was set back since would else let it wait by as much.
 */
export function retryWaitMs({ ports, retrying }: SchedulerState, jobId: string): number {
  const record = retrying.get(jobId)
  if (!record) return 0
  const longestS = ports.retryDelayS * 2 ** (record.pending.attempts - 1)
  return Math.max(0, Math.min(record.retryAt - ports.now(), longestS * 1000))
}

/** Its wait is over: the timer says so, not the clock, which may be a fraction behind it or have been set back. */
export function retry(state: SchedulerState, { jobId }: { jobId: string }): void {
  const waiting = state.retrying.get(jobId)
  if (!waiting) return
  state.retrying.delete(jobId)
  state.jobs.set(jobId, { at: 'queue', pending: waiting.pending })
  state.queue.add(waiting.pending)
  state.ports.signal.resumed()
}

/** Its node was lost: it waits again, as if it had not been started, but for the name of its next placement. */
function requeue(state: SchedulerState, lost: PendingJob): void {
  const pending = { ...lost, losses: (lost.losses ?? 0) + 1 }
  state.jobs.set(pending.job.id, { at: 'queue', pending })
  state.queue.add(pending)
  const { id, name } = pending.job
  state.ports.tell({ type: 'job.requeued', at: state.ports.now(), id, name })
}

/** Only a success that speaks for its group teaches: a failure ends at any time, a cached result at once. */
function learn(state: SchedulerState, { pending: { job } }: LiveJob, outcome: Outcome): void {
  if (outcome.status !== 'succeeded' || !outcome.representative) return
  state.ports.estimator.learn(job, outcome.durationS)
  state.predictions.learned(job.group)
}

/** Ends a job that is not to blame: it goes back to the queue, and no attempt is counted. */
export function evict({ ports }: SchedulerState, { ref, pending }: LiveJob): void {
  const { id, name } = pending.job
  ports.tell({ type: 'job.evicting', at: ports.now(), id, name })
  ref.send({ type: 'job.evict' })
}
