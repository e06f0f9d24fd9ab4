import type { Outcome } from '../../job.ts'
import type { Grant } from '../placement/free.ts'
import { type Admitted, enqueue } from './admit.ts'
import { type PlannedPlacement, prepare } from './pass.ts'
import type { SchedulerState } from './state.ts'

/** A job that has ended before this scheduler took the run over. */
export interface EndedBefore {
  readonly admitted: Admitted
  readonly outcome: Outcome
}

/** A placement that an earlier scheduler has made, and that still stands. */
export interface HeldBefore {
  readonly admitted: Admitted
  readonly node: string
  readonly grant: Grant
}

/** What has ended is known, counted and learned from, and nobody is told of it again. */
export function restoreEnded(state: SchedulerState, ended: readonly EndedBefore[]): void {
  const { estimator } = state.ports
  for (const { admitted, outcome } of ended) {
    const { job, attempts = 0 } = admitted
    const pending = { ...admitted, attempts, seq: state.jobs.size }
    if (!state.jobs.add({ at: 'end', pending, outcome, before: true })) continue
    state.ends[outcome.status]++
    estimator.expect(job)
    if (outcome.status === 'succeeded' && outcome.representative) estimator.learn(job, outcome.durationS)
  }
}

/** Decisions that were taken already: they go the way of all placements, so the ledger has its say. */
export function planHeld(state: SchedulerState, held: readonly HeldBefore[]): PlannedPlacement[] {
  const decisions = held.flatMap(({ admitted, node, grant }) => {
    const pending = enqueue(state, { ...admitted, isAdopted: true })
    return pending ? [{ pending, node, grant }] : []
  })
  return prepare(state, decisions)
}
