import type { AnyActorRef, AnyEventObject, InspectionEvent } from 'xstate'
import type { Work } from '../../../src/executor.ts'
import type { schedulerMachine } from '../../../src/machines/scheduler/machine.ts'
import { type SimulatedSystem, simulateSystem } from '../../../src/testing/index.ts'
import { type JobPlan, NODES, playOf } from './plan.ts'

/** A message that was delivered, so that it can come a second time. */
export interface Delivered {
  readonly to: AnyActorRef
  readonly event: AnyEventObject
}

/** The system under test, and what was heard of it. */
export interface Real {
  readonly system: SimulatedSystem
  readonly plans: Map<string, JobPlan>
  /** What executors told jobs, jobs told the scheduler, and ledgers took back. */
  readonly delivered: Delivered[]
  /** What was started, by placement. */
  readonly works: Map<string, Work>
  /** Nodes on which something may still run that was given up for lost. */
  readonly haunted: Set<string>
  /** How many outcomes there were when the system was last idle. */
  idleAfter: number | null
}

/** What may come twice, late, or to the wrong address, and must then change nothing. */
const REPEATABLE = [
  'job.started',
  'job.exited',
  'job.running',
  'job.settled',
  'jobs.reported',
  'ledger.release',
]

export function startReal(machine?: typeof schedulerMachine): Real {
  const plans = new Map<string, JobPlan>()
  const delivered: Delivered[] = []
  const works = new Map<string, Work>()
  const inspect = (event: InspectionEvent): void => {
    if (event.type !== '@xstate.event') return
    if (REPEATABLE.includes(event.event.type))
      delivered.push({ to: event.actorRef as AnyActorRef, event: event.event })
    if (event.event.type === 'executor.start') noteStart(works, event.event as AnyEventObject)
  }
  const system = simulateSystem({ nodes: NODES, play: playOf(plans), inspect, ...(machine && { machine }) })
  const real: Real = { system, plans, delivered, works, haunted: new Set(), idleAfter: null }
  system.actor.on('scheduler.idle', () => {
    real.idleAfter = system.outcomes.length
  })
  // Without someone who listens XState reports an error of the system to the process instead.
  system.actor.subscribe({ error: () => {} })
  return real
}

function noteStart(works: Map<string, Work>, event: AnyEventObject): void {
  const { work } = event as unknown as { work: Work }
  if (works.has(work.placement.id)) throw new Error(`${work.placement.id} was started twice`)
  works.set(work.placement.id, work)
}

/** Whether a job has ended, be it that its report still lies on the scheduler's desk. */
export function hasEnded({ system }: Real, id: string): boolean {
  const record = system.state().jobs.get(id)
  return record?.at === 'end' || (record?.at === 'place' && record.live.ref.getSnapshot().status === 'done')
}

/** All of the system that a message may change, to be held against later. */
export function portraitOf({ system }: Real): unknown {
  const { queue, live, retrying, ends, nodes, jobs } = system.state()
  return {
    state: system.actor.getSnapshot().value,
    events: system.events.length,
    jobs: [...jobs].map(([id, { at }]) => `${id} ${at}`),
    queue: queue.size,
    live: [...live.values()].map(({ placementId, startedAt, ref }) => [
      placementId,
      startedAt,
      ref.getSnapshot().value,
      ref.getSnapshot().status,
    ]),
    retrying: [...retrying.keys()],
    ends: { ...ends },
    reserved: [...nodes.values()].map(({ ledger }) => [
      ledger.getSnapshot().value,
      ...ledger.getSnapshot().context.reservations.keys(),
    ]),
  }
}
