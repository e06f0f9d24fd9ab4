import type { SnapshotFrom } from 'xstate'
import type { JobReport, Receiver } from '../../events.ts'
import type { Outcome } from '../../job.ts'
import type { RunReport } from '../../progress.ts'
import { fromBytes } from '../../units.ts'
import { jobMachine } from '../job.ts'
import { initialJobState } from '../jobState.ts'
import { lateJobs } from './deadline.ts'
import { countsOf } from './picture.ts'
import type { JobRecord, SchedulerState } from './state.ts'

const MOST_RATIOS = 5

/**
 * Where a job stands, as a snapshot of the job machine: of its actor where it has one, else of what is known of it. A
 * job that waits answers from the machine's initial state.
 */
export function snapshotOf(record: JobRecord, owner: Receiver<JobReport>): SnapshotFrom<typeof jobMachine> {
  if (record.at === 'place') return record.live.ref.getSnapshot()
  const { job, attempts } = record.pending
  const initial = initialJobState({ job, attempts, owner })
  if (record.at === 'queue') return jobMachine.resolveState({ value: 'pending', context: initial })
  return record.at === 'retrying'
    ? jobMachine.resolveState({ value: 'retrying', context: { ...initial, retryAt: record.retryAt } })
    : jobMachine.resolveState({ value: record.outcome.status, context: initial })
}

/** The outcomes so far, in the order in which their jobs were added. */
export function outcomesOf(state: SchedulerState): Outcome[] {
  const outcomes: Outcome[] = []
  for (const record of state.jobs.values()) if (record.at === 'end') outcomes.push(record.outcome)
  return outcomes
}

/** Ids of the jobs that have not ended; of a group where one is given. */
export function unfinishedIds(state: SchedulerState, group?: string): string[] {
  const ids: string[] = []
  for (const [id, record] of state.jobs) {
    const { job } = record.at === 'place' ? record.live.pending : record.pending
    if (record.at !== 'end' && (group === undefined || job.group === group)) ids.push(id)
  }
  return ids
}

/** What the run has come to so far. Times in ms since the epoch. */
export function reportOf(
  state: SchedulerState,
  run: Pick<RunReport, 'runDir' | 'startedAt' | 'stop' | 'firstEstimate' | 'history'>,
): RunReport {
  const endedAt = state.ports.now()
  return {
    ...run,
    endedAt,
    // A clock may have been set back meanwhile.
    durationS: Math.max(0, endedAt - run.startedAt) / 1000,
    counts: countsOf(state),
    notStarted: notStarted(state),
    late: lateJobs(state),
    outcomes: outcomesOf(state),
    groups: state.ports.estimator.groups().map(({ group, factor, jobs }) => ({ group, factor, jobs })),
    ramRatios: ramRatios(state),
    nodes: [...state.nodes.values()].map(({ capacity }) => capacity),
  }
}

function notStarted(state: SchedulerState): number {
  let count = 0
  for (const record of state.jobs.values()) {
    if (record.at === 'queue' && record.pending.attempts === 0) count++
    if (record.at === 'end' && record.outcome.attempts === 0) count++
  }
  return count
}

function ramRatios(state: SchedulerState): RunReport['ramRatios'] {
  const measured: { id: string; name: string; peakRamGb: number; requestedRamGb: number }[] = []
  for (const record of state.jobs.values()) {
    if (record.at !== 'end' || record.outcome.peakRamGb === null) continue
    // A job that asked for no RAM made no promise that could be compared.
    if (record.pending.job.request.ramGb === 0) continue
    const { id, name, peakRamGb } = record.outcome
    measured.push({ id, name, peakRamGb, requestedRamGb: fromBytes(record.pending.demand.ram) })
  }
  const ratio = (of: (typeof measured)[number]) => of.peakRamGb / of.requestedRamGb
  return measured.sort((a, b) => ratio(b) - ratio(a)).slice(0, MOST_RATIOS)
}
