import type { AnyStateMachine, Snapshot, SnapshotFrom } from 'xstate'
import { gpuLedgerMachine } from '../../machines/gpuLedger.ts'
import { type JobState, jobMachine } from '../../machines/job.ts'
import { type LedgerState, ledgerMachine } from '../../machines/ledger.ts'
import { schedulerMachine } from '../../machines/scheduler/machine.ts'
import type { SchedulerState } from '../../machines/scheduler/state.ts'
import { fromBytes, fromMilli } from '../../units.ts'

/** What a person wants to know of an actor's context: contexts hold queues of a million jobs, ports and other actors. */
export function summaryOf(snapshot: Snapshot<unknown>): unknown {
  if (isOf(jobMachine, snapshot)) return jobSummary(snapshot.context)
  if (isOf(schedulerMachine, snapshot)) return schedulerSummary(snapshot.context)
  if (isOf(ledgerMachine, snapshot)) return ledgerSummary(snapshot.context)
  if (isOf(gpuLedgerMachine, snapshot)) return gpuLedgerSummary(snapshot.context)
  return 'context' in snapshot ? snapshot.context : undefined
}

function jobSummary(state: JobState) {
  const { job, work, ending, attempts, placedAt, startedAt, fraction, timedOut, retryAt } = state
  return {
    id: job.id,
    name: job.name,
    group: job.group,
    attempts,
    placement: work?.placement ?? null,
    placedAt,
    startedAt,
    progress: fraction,
    timedOut,
    ending,
    retryAt,
  }
}

function schedulerSummary({ queue, live, retrying, ends, nodes }: SchedulerState) {
  return {
    pending: queue.size,
    live: live.size,
    retrying: retrying.size,
    ...ends,
    nodes: nodes.keys().toArray(),
    liveJobs: new Set(live.keys()),
  }
}

function ledgerSummary({ node, own, reservations }: LedgerState) {
  const resources = Object.entries(own.resources).map(([name, amount]) => [name, fromMilli(amount)] as const)
  return {
    node: node.name,
    free: {
      threads: fromMilli(own.threads),
      ramGb: fromBytes(own.ram),
      cores: own.cores.length,
      resources: Object.fromEntries(resources),
    },
    reservations: new Set(reservations.keys()),
  }
}

function gpuLedgerSummary({ gpu, free, reservations }: SnapshotFrom<typeof gpuLedgerMachine>['context']) {
  return {
    gpu: gpu.id,
    name: gpu.name,
    free: { share: fromMilli(free.share), ramGb: fromBytes(free.ram) },
    reservations: new Set(reservations.keys()),
  }
}

function isOf<M extends AnyStateMachine>(
  machine: M,
  snapshot: Snapshot<unknown>,
): snapshot is SnapshotFrom<M> {
  return (
    'machine' in snapshot &&
    typeof snapshot.machine === 'object' &&
    snapshot.machine !== null &&
    'id' in snapshot.machine &&
    snapshot.machine.id === machine.id
  )
}
