import type { Demand } from './demand.ts'
import { covers, type Free, fit, type Grant, give, take } from './free.ts'
import type { OpenNode } from './policy.ts'

/** A place that is kept for a job that does not fit yet. */
export interface Reservation {
  readonly node: string
  /** When it is expected to fit there, ms since the epoch. */
  readonly at: number
  readonly demand: Demand
  /** What is expected to be free on the node then, before the job takes its part. */
  readonly freeThen: Free
}

/** The earliest place for a demand that fits nowhere now, or `null` where no open node can ever hold it. */
export function reserve(
  demand: Demand,
  nodes: readonly OpenNode[],
  free: ReadonlyMap<string, Free>,
): Reservation | null {
  let earliest: Reservation | null = null
  for (const node of nodes) {
    const found = earliestOn(node, demand, free.get(node.name) ?? node.free)
    if (found && (!earliest || found.at < earliest.at)) earliest = found
  }
  return earliest
}

/** Gives back what runs on a node, in the order in which it is expected to end, until the demand fits. */
function earliestOn(node: OpenNode, demand: Demand, free: Free): Reservation | null {
  let freeThen = free
  const ending = [...node.held()].sort((a, b) => a.until - b.until)
  for (const { grant, until } of ending) {
    freeThen = give(freeThen, grant)
    if (fit(freeThen, demand)) return { node: node.name, at: until, demand, freeThen }
  }
  return null
}

/**
 * The reservation as it stands when a job is placed beside it, or `null` where that would delay the reserved job. A
 * job does no harm on another node, when it ends in time, or when both fit.
 */
export function beside(
  reservation: Reservation,
  node: string,
  grant: Grant,
  endsAt: number,
): Reservation | null {
  if (node !== reservation.node || endsAt <= reservation.at) return reservation
  if (!covers(reservation.freeThen, grant)) return null
  const freeThen = take(reservation.freeThen, grant)
  return fit(freeThen, reservation.demand) ? { ...reservation, freeThen } : null
}
