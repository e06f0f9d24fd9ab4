import type { RunEvent } from '../../progress.ts'
import type { SchedulerActor } from '../../system.ts'
import { brokenJobs, brokenOutcomes } from './jobs.ts'
import { brokenNodes } from './node.ts'

/** A simulated system, or a real scheduler: whatever has the system's actor. */
export interface WatchedSystem {
  readonly actor: SchedulerActor
  /** Every event so far; where they are there, outcomes are held against them. */
  readonly events?: readonly RunEvent[]
}

/**
 * What must hold in a system at every moment, as a list of what does not: nothing over capacity and nothing below
 * zero; what is free and what is held make the whole; each reservation has exactly one live placement and the reverse;
 * each core is in one hand; each job is in exactly one place; each outcome was told once.
 */
export function brokenInvariants({ actor, events }: WatchedSystem): string[] {
  const { context: state, status } = actor.getSnapshot()
  const failed = status === 'error' ? ['the system has failed: see the error of its actor'] : []
  const outcomes = events ? brokenOutcomes(state, events) : []
  return [...failed, ...brokenNodes(state), ...brokenJobs(state), ...outcomes]
}

/**
 * Throws an Error that names every broken invariant; does nothing where all hold. Takes what `simulateSystem` makes, or
 * a real scheduler.
 */
export function checkInvariants(system: WatchedSystem): void {
  const broken = brokenInvariants(system)
  if (broken.length > 0) throw new Error(`Broken invariants:\n${broken.join('\n')}`)
}
