import type { Fault } from '../../errors.ts'
import type { Job, Request, RunKind } from '../../job.ts'
import type { FixedRam } from '../../node.ts'
import { cancelledOutcome } from '../outcome.ts'
import { type Demand, demandOf } from '../placement/demand.ts'
import { impossible } from '../placement/impossible.ts'
import type { PendingJob } from '../placement/queue.ts'
import { shareOf } from '../placement/share.ts'
import { waitForRetry } from './retry.ts'
import { type EndedJob, end } from './settle.ts'
import type { Retry, SchedulerState } from './state.ts'

/** A job that may be added, and what it takes of a node. */
export interface Admitted {
  readonly job: Job
  readonly demand: Demand
  /** What it takes of all nodes together, as a fraction. */
  readonly share: number
  /** Attempts that were made before. Default 0. */
  readonly attempts?: number
  /** How often the present attempt lost its place. Default 0. */
  readonly losses?: number
  /** How many attempts ran out of memory: the demand has grown since. Default 0. */
  readonly grown?: number
  /** Whether an earlier scheduler has placed it, so that it may run already. Default false. */
  readonly isAdopted?: boolean
  /** It has failed before, and is not to be tried again before a time. Default: at once. */
  readonly retry?: Retry
}

/** What came of an examination: the jobs in their order, and why some of them cannot be added. */
export interface Examined {
  readonly admitted: Admitted[]
  readonly faults: Fault[]
}

/** Checks jobs that are to be added: each id new, each request possible on an empty node. Changes nothing. */
export function examine(state: SchedulerState, jobs: readonly Job[], fixed: FixedRam): Examined {
  return examiner(state, fixed)(jobs)
}

/**
 * The same for jobs that come bit by bit: what was found out of a demand once is known of all that are equal. Of jobs
 * that are settled nothing is asked: an earlier scheduler has placed them.
 */
export function examiner(
  state: SchedulerState,
  fixed: FixedRam,
  isSettled: (job: Job) => boolean = () => false,
): (jobs: readonly Job[]) => Examined {
  const demandOfJob = sharedDemands(fixed)
  const verdictOf = verdicts(state)
  let examined = 0
  return jobs => {
    const faults: Fault[] = []
    const admitted = jobs.map(job => {
      const index = examined++
      const demand = demandOfJob(job)
      const { why, share } = verdictOf(job, demand)
      if (isSettled(job)) return { job, demand, share }
      if (why !== null) faults.push(faultOf(job, index, why))
      if (state.jobs.has(job.id)) faults.push(faultOf(job, index, NOT_UNIQUE))
      return { job, demand, share }
    })
    return { admitted, faults }
  }
}

const NOT_UNIQUE = 'expected ids to be unique in a run, but this is the id of another job'

function faultOf({ id, name }: Job, index: number, message: string): Fault {
  return { where: `job "${id}" (${name})`, message, index }
}

/** Equal demands are one object: a million jobs hold as many of them as there are shapes. */
function sharedDemands(fixed: FixedRam): (job: Job) => Demand {
  const byKey = new Map<string, Demand>()
  const byRequest: Readonly<Record<RunKind, Map<Request, Demand>>> = {
    command: new Map(),
    task: new Map(),
    inline: new Map(),
  }
  return ({ request, run: { kind } }) => {
    const known = byRequest[kind].get(request)
    if (known) return known
    const demand = demandOf(request, kind, fixed)
    const shared = byKey.get(demand.key) ?? demand
    byKey.set(demand.key, shared)
    byRequest[kind].set(request, shared)
    return shared
  }
}

/** What a demand means to the nodes that there are. */
interface Verdict {
  /** Why it can never run here; `null` where it can. */
  readonly why: string | null
  readonly share: number
}

/** Reckoned once for each shape of demand. */
function verdicts(state: SchedulerState): (job: Job, demand: Demand) => Verdict {
  const known = new Map<Demand, Verdict>()
  const capacities = [...state.nodes.values()].map(({ capacity }) => capacity)
  return (job, demand) => {
    const before = known.get(demand)
    if (before) return before
    const why = impossible(job.request, demand, capacities)
    const verdict = { why, share: why === null ? shareOf(demand, capacities) : 1 }
    known.set(demand, verdict)
    return verdict
  }
}

/** Puts jobs into the queue. */
export function admit(state: SchedulerState, admitted: readonly Admitted[]): void {
  for (const one of admitted) enqueue(state, one)
  state.ports.tell({ type: 'jobs.added', at: state.ports.now(), jobs: admitted.length })
  state.ports.signal.added()
}

/** Puts a job into the queue, or lets it wait for its next attempt; `null` for one that is known already. */
export function enqueue(state: SchedulerState, admitted: Admitted): PendingJob | null {
  const { retry, attempts = 0, ...others } = admitted
  const pending = { ...others, attempts, seq: state.jobs.size }
  if (!state.jobs.add({ at: 'queue', pending })) return null
  if (retry && retry.at > state.ports.now()) waitForRetry(state, pending, retry)
  else state.queue.add(pending)
  state.ports.estimator.expect(pending.job)
  return pending
}

/** Cancels jobs: one that waits has ended at once, one that runs is told to end. Unknown and ended ones are ignored. */
export function cancel(state: SchedulerState, ids: Iterable<string>): void {
  const ended: EndedJob[] = []
  for (const id of ids) {
    const record = state.jobs.get(id)
    if (record?.at === 'place') record.live.ref.send({ type: 'job.cancel' })
    if (record?.at !== 'queue' && record?.at !== 'retrying') continue
    const { pending } = record
    if (record.at === 'queue') state.queue.remove(pending)
    else state.retrying.delete(id)
    ended.push({ pending, outcome: cancelledOutcome(pending.job, pending.attempts) })
  }
  end(state, ended)
  state.ports.signal.cancelled()
}
