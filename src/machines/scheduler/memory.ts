import type { MemoryOrder } from '../../events.ts'
import { fromBytes } from '../../units.ts'
import type { Resident } from '../memory/watch.ts'
import type { LiveJob } from './liveJob.ts'
import { evict } from './settle.ts'
import type { SchedulerState } from './state.ts'

/** Does what the watch over the RAM asks for, and says so. A job that has ended meanwhile is left alone. */
export function obey(state: SchedulerState, order: MemoryOrder): void {
  switch (order.type) {
    case 'node.short':
      state.short.add(order.node)
      warn(
        state,
        `${order.node} is short of RAM (${inGib(order.availableGb)} left): nothing more is placed there for now`,
      )
      break
    case 'node.eased':
      state.short.delete(order.node)
      warn(state, `${order.node} has ${inGib(order.availableGb)} of RAM again: placing goes on`)
      state.ports.signal.freed()
      break
    default: {
      const live = state.live.get(order.jobId)
      if (live) obeyFor(state, live, order)
    }
  }
}

function obeyFor(state: SchedulerState, live: LiveJob, order: JobOrder): void {
  const { ref, pending } = live
  const { name } = pending.job
  if (order.type === 'job.overRam') ref.send({ type: 'job.overRam', ramGb: order.ramGb })
  else if (order.type === 'job.evict') {
    evict(state, live)
    warn(state, `${name} makes room, since it holds more RAM than it asked for: it goes back to the queue`)
  } else {
    const { ramGb, reservedGb } = order
    warn(
      state,
      `${name} holds ${inGib(ramGb)} of RAM, but only ${inGib(reservedGb)} are reserved: ask for more ramGb`,
    )
  }
}

type JobOrder = Extract<MemoryOrder, { jobId: string }>

function warn({ ports }: SchedulerState, message: string): void {
  ports.tell({ type: 'warning', at: ports.now(), message })
}

function inGib(gib: number): string {
  return `${Number(gib.toPrecision(2))} GiB`
}

/** The jobs that hold a place on a node, with what they hold of RAM, by what its executors have measured (GiB). */
export function residentsOf(
  state: SchedulerState,
  node: string,
  ramOf: (live: LiveJob) => number | null,
): Resident[] {
  return Array.from(state.live.on(node), live => ({
    jobId: live.pending.job.id,
    placementId: live.placementId,
    group: live.pending.job.group,
    startedAt: live.startedAt ?? live.placedAt,
    reservedGb: fromBytes(live.grant.ram),
    asked: live.pending.job.request.ramGb > 0,
    ramGb: ramOf(live) ?? 0,
  }))
}
