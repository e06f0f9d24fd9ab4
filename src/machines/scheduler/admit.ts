import type { Fault } from '../../errors.ts'
import type { Job } from '../../job.ts'
import type { FixedRam } from '../../node.ts'
import { cancelledOutcome } from '../outcome.ts'
import { type Demand, demandOf } from '../placement/demand.ts'
import { impossible } from '../placement/impossible.ts'
import { shareOf } from '../placement/share.ts'
import { end } from './settle.ts'
import type { SchedulerState } from './state.ts'

/** A job that may be added, and what it takes of a node. */
export interface Admitted {
  readonly job: Job
  readonly demand: Demand
}

/** Checks jobs that are to be added: each id new, each request possible on an empty node. Changes nothing. */
export function examine(
  state: SchedulerState,
  jobs: readonly Job[],
  fixed: FixedRam,
): { admitted: Admitted[]; faults: Fault[] } {
  const faults: Fault[] = []
  const tell = ({ id, name }: Job, index: number, message: string) =>
    faults.push({ where: `job "${id}" (${name})`, message, index })
  const seen = new Set<string>()
  const whyImpossible = verdicts(state)
  const admitted = jobs.map((job, index) => {
    const demand = demandOf(job.request, job.run.kind, fixed)
    const why = whyImpossible(job, demand)
    if (why !== null) tell(job, index, why)
    if (seen.has(job.id) || state.jobs.has(job.id))
      tell(job, index, `expected ids to be unique in a run, got "${job.id}" twice`)
    seen.add(job.id)
    return { job, demand }
  })
  return { admitted, faults }
}

/** Says why a job can never run here, once for each shape of demand. */
function verdicts(state: SchedulerState): (job: Job, demand: Demand) => string | null {
  const known = new Map<string, string | null>()
  const capacities = [...state.nodes.values()].map(({ capacity }) => capacity)
  return (job, demand) => {
    const before = known.get(demand.key)
    if (before !== undefined) return before
    const verdict = impossible(job.request, demand, capacities)
    known.set(demand.key, verdict)
    return verdict
  }
}

/** Says what a demand takes of all nodes together, reckoned once for each shape of demand. */
function shares(state: SchedulerState): (demand: Demand) => number {
  const known = new Map<string, number>()
  const capacities = [...state.nodes.values()].map(({ capacity }) => capacity)
  return demand => {
    const share = known.get(demand.key) ?? shareOf(demand, capacities)
    known.set(demand.key, share)
    return share
  }
}

/** Puts jobs into the queue. */
export function admit(state: SchedulerState, admitted: readonly Admitted[]): void {
  const shareOfAll = shares(state)
  for (const { job, demand } of admitted) {
    if (state.jobs.has(job.id)) continue
    const pending = { job, demand, seq: state.jobs.size, attempts: 0, share: shareOfAll(demand) }
    state.jobs.set(job.id, { at: 'queue', pending })
    state.queue.add(pending)
    state.ports.estimator.expect(job)
  }
  state.ports.tell({ type: 'jobs.added', at: state.ports.now(), jobs: admitted.length })
  state.ports.signal.added()
}

/** Cancels jobs: one that waits has ended at once, one that runs is told to end. Unknown and ended ones are ignored. */
export function cancel(state: SchedulerState, ids: Iterable<string>): void {
  for (const id of ids) {
    const record = state.jobs.get(id)
    if (record?.at === 'place') record.live.ref.send({ type: 'job.cancel' })
    if (record?.at !== 'queue' && record?.at !== 'retrying') continue
    if (record.at === 'queue') state.queue.remove(record.pending)
    else state.retrying.delete(id)
    end(state, record.pending, cancelledOutcome(record.pending.job, record.pending.attempts))
  }
  state.ports.signal.cancelled()
}
