import type { JobReport } from '../../events.ts'
import { takeFrom } from './desk.ts'
import { settle } from './settle.ts'
import type { SchedulerState } from './state.ts'

type Settled = Extract<JobReport, { type: 'job.settled' }>

/**
 * Takes what jobs have reported, in its order; what ended is settled together. Returns the ids of those to be tried again.
 *
 * Whoever ends jobs calls it before: else one that has just failed would be asked to end, and be tried again.
 */
export function hear(state: SchedulerState): string[] {
  const settled: Settled[] = []
  for (const report of takeFrom(state.desk))
    if (report.type === 'job.settled') settled.push(report)
    else if (report.type === 'job.running') noteRunning(state, report)
    else if (report.type === 'job.advanced') noteProgress(state, report)
    else tellStuck(state, report)
  return settle(state, settled)
}

/** A process has started. */
function noteRunning(
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
function tellStuck(
  { live, ports }: SchedulerState,
  { jobId, placementId }: Extract<JobReport, { type: 'job.stuck' }>,
): void {
  const stuck = live.get(jobId)
  if (stuck?.placementId !== placementId) return
  const message = `${stuck.pending.job.name} was killed, but does not end (does it wait for a disk or a GPU that does not answer?): it keeps its resources until it is gone`
  ports.tell({ type: 'warning', at: ports.now(), message })
}

/** A running job tells how much of it is done. */
function noteProgress(
  { live, ports }: SchedulerState,
  { jobId, placementId, fraction }: Extract<JobReport, { type: 'job.advanced' }>,
): void {
  const advanced = live.get(jobId)
  if (advanced?.placementId !== placementId) return
  advanced.fraction = fraction
  ports.estimator.progressed(jobId, fraction, ports.now())
}
