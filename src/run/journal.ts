import type { Journal } from '../actors/journal/journal.ts'
import type { Job, Outcome } from '../job.ts'
import type { PendingJob } from '../machines/placement/queue.ts'
import type { SchedulerState } from '../machines/scheduler/state.ts'
import type { RunEvent } from '../progress.ts'

/** The journal of a run as its scheduler uses it: hears what happens, and notes what a later scheduler has to know. */
export interface RunJournal {
  added(jobs: readonly Job[]): void
  /** Somebody wants these jobs to end: written before they are told. */
  cancelling(jobIds: readonly string[]): void
  /** Jobs have ended: that is written, in one commit, when this returns. */
  keep(outcomes: readonly Outcome[]): void
  /** Whether that is no end, but a job that the closing scheduler leaves for whoever resumes the run. */
  leaves(outcome: Outcome): boolean
  /** Hears an event while it happens: what it says is written before anything rests on it. */
  hear(event: RunEvent, state: SchedulerState): void
  /** The scheduler ends: what is cancelled from now on is left for whoever resumes the run. */
  closing(): void
  /** Writes what was noted. False where that is not possible now. */
  commit(): boolean
  /** Ends the session. Returns whether all is written. */
  close(): boolean
  /** Takes the files away of a run that was never begun. After `close`. */
  remove(): void
}

/** For a run that is not to be resumed. */
export const NO_JOURNAL: RunJournal = {
  added() {},
  cancelling() {},
  keep() {},
  leaves: () => false,
  hear() {},
  closing() {},
  commit: () => true,
  close: () => true,
  remove() {},
}

export function createRunJournal(journal: Journal): RunJournal {
  let isClosing = false
  const leaves = ({ status }: Outcome): boolean => isClosing && status === 'cancelled'
  return {
    leaves,
    added: jobs => journal.added(jobs),
    cancelling: ids => journal.cancelling(ids),
    keep(outcomes) {
      for (const { id } of outcomes.filter(leaves)) journal.lost(id)
      journal.ended(outcomes.filter(outcome => !leaves(outcome)))
    },
    hear(event, state) {
      if (event.type === 'job.placed') notePlacement(journal, state, event)
      else if (event.type === 'job.started') journal.started(event.id, event.at, event.pid)
      else if (event.type === 'job.retrying') noteRetry(journal, state, event.id)
      else if (event.type === 'job.evicting') journal.evicting(event.id)
      else if (event.type === 'job.requeued') journal.lost(event.id)
    },
    closing() {
      isClosing = true
    },
    commit: () => journal.commit(),
    close: () => journal.close(),
    remove: () => journal.remove(),
  }
}

function notePlacement(
  journal: Journal,
  state: SchedulerState,
  { id: jobId, gpus, at }: Extract<RunEvent, { type: 'job.placed' }>,
): void {
  const live = state.live.get(jobId)
  if (!live) return
  const { pending, placementId, node, grant } = live
  const { attempts, losses: loss = 0, job } = pending
  // Only commands go on without their scheduler.
  const held = job.run.kind === 'command' ? { grant, gpuIds: gpus } : null
  const grown = grownOf(pending)
  journal.placed({ placementId, jobId, attempt: attempts + 1, loss, node, held, grown, at })
}

function noteRetry(journal: Journal, state: SchedulerState, jobId: string): void {
  const waiting = state.retrying.get(jobId)
  if (!waiting) return
  const { retryAt: at, failure, pending } = waiting
  journal.retrying(jobId, { at, failure }, grownOf(pending))
}

function grownOf({ grown: times = 0, demand }: PendingJob) {
  return times === 0 ? null : { times, ram: demand.ram, gpuRam: demand.gpuRam }
}
