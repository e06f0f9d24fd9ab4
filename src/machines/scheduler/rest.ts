import type { RunningRest, UncertainRest, WaitingRest } from '../eta/rest.ts'
import { freeIn } from '../ledger.ts'
import { allFree } from '../placement/free.ts'
import type { Bucket, PendingJob } from '../placement/queue.ts'
import type { Ahead } from './picture.ts'
import type { SchedulerNode, SchedulerState } from './state.ts'

/** What is left of the run, with what is believed of each job's duration. To be read before anything else happens. */
export function uncertainRestOf(state: SchedulerState, ahead: Ahead = 'all'): UncertainRest {
  const now = state.ports.now()
  state.ports.estimator.at(now)
  const open = [...state.nodes.values()].filter(isOpen)
  return {
    nodes: open.map(({ capacity, ledger }) => ({
      empty: allFree(capacity),
      free: freeIn(ledger.getSnapshot().context),
    })),
    running: runningOf(state, open, now),
    buckets: ahead === 'running' ? [] : waitingOf(state),
  }
}

/** A node that is short of RAM for now counts as open. */
function isOpen({ ledger }: SchedulerNode): boolean {
  return ledger.getSnapshot().value === 'open'
}

function runningOf(state: SchedulerState, open: readonly SchedulerNode[], now: number): RunningRest[] {
  const position = new Map(open.map(({ capacity }, i) => [capacity.name, i]))
  return Array.from(state.live.values(), ({ pending, node, grant, startedAt, placedAt }) => ({
    node: position.get(node) ?? null,
    grant,
    group: pending.job.group,
    seq: pending.seq,
    duration: state.ports.estimator.distribution(pending.job),
    elapsedS: Math.max(0, now - (startedAt ?? placedAt)) / 1000,
  }))
}

/** What is to be tried again counts as waiting already. */
function waitingOf(state: SchedulerState): WaitingRest[] {
  const again = Array.from(state.retrying.values(), ({ pending }) => waiting(state, alone(pending)))
  return [...Array.from(state.queue.buckets(), bucket => waiting(state, bucket)), ...again]
}

type Ordered = Pick<Bucket, 'demand' | 'group' | 'priority' | 'size' | 'at'>

function alone(pending: PendingJob): Ordered {
  const { group, priority } = pending.job
  return { demand: pending.demand, group, priority, size: 1, at: () => pending }
}

function waiting({ ports: { estimator } }: SchedulerState, bucket: Ordered): WaitingRest {
  const { demand, group, priority, size } = bucket
  return {
    ...{ demand, group, priority, size },
    at(position) {
      const pending = bucket.at(position)
      if (!pending) throw new RangeError(`No job at ${position} of ${size}`)
      return { seq: pending.seq, duration: estimator.distribution(pending.job) }
    },
  }
}
