import type { Placement } from '../../job.ts'
import type { Holding } from '../../progress.ts'
import { fromBytes, fromMilli } from '../../units.ts'
import type { Grant } from '../placement/free.ts'
import type { Decision } from '../placement/policy.ts'
import type { PendingJob } from '../placement/queue.ts'
import { balancedReserve } from '../placement/rulePolicy.ts'
import { wellFormed } from '../placement/wellFormed.ts'
import { jobActor } from './jobActor.ts'
import { LiveJob } from './liveJob.ts'
import { MOST_AT_ONCE, situationOf } from './situation.ts'
import type { JobRef, SchedulerNode, SchedulerState } from './state.ts'

/** A decision, and the actor that the job gets for it: not started before the ledger has given what it names. */
export interface PlannedPlacement {
  readonly decision: Decision
  readonly ref: JobRef
}

/**
 * One placement pass: what is to be placed now, by all that has come since the last one, until nothing fits. Where that
 * is much, it is a part of it, and the next pass follows.
 */
export function plan(state: SchedulerState): PlannedPlacement[] {
  if (state.queue.size === 0) return []
  const decisions = decide(state).slice(0, MOST_AT_ONCE)
  if (decisions.length === MOST_AT_ONCE) state.ports.signal.unfinished()
  return prepare(state, decisions)
}

/** Each decision with the actor that its job gets. */
export function prepare(state: SchedulerState, decisions: readonly Decision[]): PlannedPlacement[] {
  return decisions.map(decision => ({ decision, ref: jobActor(state, decision.pending) }))
}

/**
 * Carries the plan out, as far as the ledgers give what it names. Where they give nothing of it, the built-in policy
 * has the next pass, at once: else nothing might happen any more that asks for one.
 */
export function carryOut(state: SchedulerState, planned: readonly PlannedPlacement[]): void {
  const { trust, ports } = state
  const refusals: string[] = []
  const placed = planned.filter(({ decision, ref }) => place(state, decision, ref, refusals)).length
  tellRefusals(state, refusals)
  const wasTrusted = trust.inPolicy
  trust.inPolicy = placed > 0 || !wasTrusted
  if (placed > 0) ports.tell({ type: 'burst.placed', at: ports.now(), placed })
  else if (wasTrusted) ports.signal.resumed()
}

/** A policy of the user's own may fail, or place nothing where nothing else will ever happen. */
function decide(state: SchedulerState): readonly Decision[] {
  if (!state.trust.inPolicy) return decideInstead(state, 'placed nothing that could be placed')
  try {
    const decisions = wellFormed(state.ports.policy.decide(situationOf(state)))
    const { live, retrying, short, silent } = state
    const mayWait = live.size > 0 || retrying.size > 0 || short.size > 0 || silent.size > 0
    if (decisions.length > 0 || mayWait) return decisions
    return decideInstead(state, 'placed nothing while nothing ran')
  } catch (error) {
    return decideInstead(state, `failed (${error instanceof Error ? error.message : String(error)})`)
  }
}

/** The run goes on with the built-in policy for this pass, and that is said. */
function decideInstead(state: SchedulerState, why: string): readonly Decision[] {
  const { policy, tell, now } = state.ports
  const decisions = FALLBACK.decide(situationOf(state))
  const message = `policy ${policy.name} ${why}: ${FALLBACK.name} decided instead`
  if (decisions.length > 0) tell({ type: 'warning', at: now(), message })
  return decisions
}

const FALLBACK = balancedReserve()

/** Carries a decision out, if the ledger gives what it names; else says why not. */
function place(state: SchedulerState, decision: Decision, ref: JobRef, refusals: string[]): boolean {
  const { pending, node: name, grant } = decision
  const node = state.nodes.get(name)
  const record = state.jobs.of(pending)
  if (!node || record?.at !== 'queue' || record.pending !== pending)
    return refuse(refusals, decision, 'it does not wait, or there is no such node')
  const placement = placementOf(decision, node)
  node.ledger.send({ type: 'ledger.reserve', placementId: placement.id, grant })
  if (node.ledger.getSnapshot().context.reservations.get(placement.id) !== grant)
    return refuse(refusals, decision, 'the ledger refused it')
  state.queue.remove(pending)
  start(state, decision, placement, node, ref)
  return true
}

function refuse(refusals: string[], { pending, node }: Decision, why: string): false {
  refusals.push(`placed ${pending.job.id} on ${node}: ${why}`)
  return false
}

/** One warning a pass: a policy that is wrong about one job may be wrong about thousands. */
function tellRefusals({ ports }: SchedulerState, [first, ...others]: readonly string[]): void {
  if (first === undefined) return
  const more = others.length > 0 ? ` (and ${others.length} more of its decisions were refused)` : ''
  ports.tell({ type: 'warning', at: ports.now(), message: `policy ${ports.policy.name} ${first}${more}` })
}

function placementOf({ pending, grant }: Decision, { capacity }: SchedulerNode): Placement {
  const attempt = pending.attempts + 1
  return {
    id: placementIdOf(pending),
    jobId: pending.job.id,
    attempt,
    node: capacity.name,
    threads: fromMilli(grant.threads),
    ramGb: fromBytes(grant.ram),
    cores: grant.cores,
    cpus: grant.cores.flatMap(core => capacity.cores[core]?.cpus ?? []),
    gpus: grant.gpus.flatMap(index => {
      const gpu = capacity.gpus[index]
      return gpu ? [{ index, id: gpu.id }] : []
    }),
  }
}

function holdingOf({ threads, ramGb, cores, gpus }: Placement, grant: Grant): Holding {
  return {
    threads,
    ramGb,
    cores,
    gpus: gpus.map(gpu => gpu.id),
    gpuShare: fromMilli(grant.gpuShare),
    gpuRamGb: fromBytes(grant.gpuRam),
    resources: Object.fromEntries(grant.resources.map(([name, amount]) => [name, fromMilli(amount)])),
  }
}

type PlaceOrder = Pick<PendingJob, 'job' | 'attempts' | 'losses'>

/** What was placed on a lost node may still run there: the same attempt elsewhere must not be taken for it. */
export function placementIdOf({ job, attempts, losses = 0 }: PlaceOrder): string {
  const id = `${job.id}#${attempts + 1}`
  return losses > 0 ? `${id}.${losses}` : id
}

function start(
  state: SchedulerState,
  { pending, grant }: Decision,
  placement: Placement,
  node: SchedulerNode,
  ref: JobRef,
): void {
  const { ports } = state
  const { job } = pending
  const at = ports.now()
  const live = new LiveJob(state, {
    pending,
    ref,
    placementId: placement.id,
    node: placement.node,
    grant,
  })
  state.live.set(job.id, live)
  state.jobs.move({ at: 'place', live })
  state.placedOfGroup.set(job.group, (state.placedOfGroup.get(job.group) ?? 0) + 1)
  ports.tell({
    type: 'job.placed',
    at,
    id: job.id,
    name: job.name,
    node: placement.node,
    attempt: placement.attempt,
    ...holdingOf(placement, grant),
  })
  ref.start()
  ref.send({
    type: 'job.placed',
    at,
    work: ports.work(job, placement),
    executor: node.executors[job.run.kind],
  })
}
