import type { RanOut } from '../../job.ts'
import { NO_GROWTH } from '../jobState.ts'
import { grown, mayGrow, type Room, roomFor } from '../placement/growth.ts'
import type { PendingJob } from '../placement/queue.ts'
import type { SchedulerState } from './state.ts'

/**
 * Of which memory the next attempt of a waiting job could be given more, should this one run out of it. By what is known
 * of it: a policy of the user's own may have made up the rest.
 */
export function growthOf(state: SchedulerState, pending: PendingJob): Readonly<Record<RanOut, boolean>> {
  const record = state.jobs.of(pending)
  if (record?.at !== 'queue') return NO_GROWTH
  const { demand, grown = 0 } = record.pending
  return grown < state.ports.oomRetries ? mayGrow(demand, roomOf(state, record.pending)) : NO_GROWTH
}

/** The job as it waits after it ran out of memory: with a larger demand of just that. */
export function grow(
  state: SchedulerState,
  pending: PendingJob,
  ranOut: RanOut,
  peakRamGb: number | null,
): PendingJob {
  const demand = grown(pending.demand, ranOut, peakRamGb, roomOf(state, pending))
  return { ...pending, demand, grown: (pending.grown ?? 0) + 1 }
}

/**
 * What a job teaches that ran out of memory before it had ever been given more: its group's others of the same demand
 * get as much as its next attempt. What it runs out of again concerns it alone: one that needs far more than the rest
 * does not make all of them large. Returns how many jobs wait for more from now on.
 */
export function teach(state: SchedulerState, before: PendingJob, next: PendingJob): number {
  return (before.grown ?? 0) === 0 ? state.queue.raise(before.job.group, before.demand, next.demand) : 0
}

/** Asked for at each placement, and the same for all jobs of a shape until a node comes or goes. */
function roomOf({ rooms, nodes }: SchedulerState, { demand }: PendingJob): Room {
  const known = rooms.get(demand.key)
  if (known) return known
  const open = [...nodes.values()].filter(({ ledger }) => ledger.getSnapshot().value === 'open')
  const room = roomFor(
    demand,
    open.map(({ capacity }) => capacity),
  )
  rooms.set(demand.key, room)
  return room
}
