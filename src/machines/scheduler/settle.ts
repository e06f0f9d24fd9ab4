import type { JobReport, Settlement } from '../../events.ts'
import type { Outcome } from '../../job.ts'
import { fromBytes } from '../../units.ts'
import type { PendingJob } from '../placement/queue.ts'
import { grow, teach } from './growth.ts'
import type { LiveJob } from './liveJob.ts'
import { waitForRetry } from './retry.ts'
import type { SchedulerState } from './state.ts'

type Settled = Extract<JobReport, { type: 'job.settled' }>

/** A job, and what came of it. */
export interface EndedJob {
  readonly pending: PendingJob
  readonly outcome: Outcome
}

/** A job whose attempt is over. */
interface Over {
  readonly live: LiveJob
  readonly settlement: Settlement
}

/**
 * Attempts are over: what came of them is written down and told, then their resources are free, then the others learn
 * from it. Returns the ids of those that are to be tried again.
 */
export function settle(state: SchedulerState, settled: readonly Settled[]): string[] {
  const over = settled.flatMap(report => takeOff(state, report))
  if (over.length === 0) return []
  const ended = over.flatMap(endedIn)
  end(state, ended)
  for (const { live, settlement } of over) moveOn(state, live, settlement)
  for (const { live } of over) release(state, live)
  for (const one of ended) learn(state, one)
  state.ports.signal.freed()
  return over.flatMap(({ live, settlement }) => (settlement.to === 'retrying' ? live.pending.job.id : []))
}

/** Late and mixed-up reports speak of other placements: nothing comes of them. */
function takeOff(state: SchedulerState, { jobId, placementId, settlement }: Settled): Over[] {
  const live = state.live.get(jobId)
  if (!live || live.placementId !== placementId) return []
  state.live.delete(jobId)
  state.ports.estimator.stopped(jobId)
  return [{ live, settlement }]
}

function endedIn({ live: { pending }, settlement }: Over): EndedJob[] {
  return settlement.to === 'ended' ? [{ pending, outcome: settlement.outcome }] : []
}

/** Jobs have ended: they are data from now on. */
export function end(state: SchedulerState, ended: readonly EndedJob[]): void {
  if (ended.length === 0) return
  state.ports.keep(ended.map(({ outcome }) => outcome))
  for (const { pending, outcome } of ended) {
    state.jobs.move({ at: 'end', pending, outcome })
    state.ends[outcome.status]++
    state.ports.tell({ type: 'job.ended', at: state.ports.now(), outcome })
  }
}

/** The actor of an ended job has stopped by itself; that of one which waits again serves no further attempt. */
function moveOn(state: SchedulerState, live: LiveJob, settlement: Settlement): void {
  if (settlement.to === 'ended') return
  state.desk.send({ type: 'desk.dismiss', job: live.ref })
  if (settlement.to === 'retrying') retryLater(state, live, settlement)
  else requeue(state, live.pending)
}

function release(state: SchedulerState, { node, placementId }: LiveJob): void {
  state.nodes.get(node)?.ledger.send({ type: 'ledger.release', placementId })
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

/** Its node was lost: it waits again, as if it had not been started, but for the name of its next placement. */
function requeue(state: SchedulerState, lost: PendingJob): void {
  const pending = { ...lost, losses: (lost.losses ?? 0) + 1 }
  state.jobs.move({ at: 'queue', pending })
  state.queue.add(pending)
  const { id, name } = pending.job
  state.ports.tell({ type: 'job.requeued', at: state.ports.now(), id, name })
}

/** Only a success that speaks for its group teaches: a failure ends at any time, a cached result at once. */
function learn(state: SchedulerState, { pending: { job }, outcome }: EndedJob): void {
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
