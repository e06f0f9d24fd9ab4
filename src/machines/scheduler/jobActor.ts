import { createActor, type SnapshotFrom } from 'xstate'
import { jobMachine } from '../job.ts'
import { initialJobState, type JobInput } from '../jobState.ts'
import type { PendingJob } from '../placement/queue.ts'
import { growthOf } from './growth.ts'
import type { JobRef, SchedulerState } from './state.ts'

type JobSnapshot = SnapshotFrom<typeof jobMachine>

let first: JobSnapshot | null = null

/**
 * The job machine for actors that are made by the thousand: all begin alike but for what they remember, so their first
 * snapshot is worked out but once. That takes a tenth of the time.
 */
export const jobLogic: typeof jobMachine = Object.create(jobMachine, {
  getInitialSnapshot: {
    value: (_: unknown, input: JobInput): JobSnapshot => {
      const context = initialJobState(input)
      first ??= jobMachine.resolveState({ value: 'pending', context })
      return { ...first, context }
    },
  },
})

/** The actor of a job that gets a place: a child of the desk, which knows its children only by what they report. */
export function jobActor(state: SchedulerState, pending: PendingJob): JobRef {
  const { job, attempts, grown = 0, losses = 0, isAdopted = false } = pending
  const { graceS, retryDelayS } = state.ports
  const { desk: owner } = state
  const mayGrow = growthOf(state, pending)
  return createActor(jobLogic, {
    id: job.id,
    parent: owner,
    input: { job, attempts, grown, losses, isAdopted, mayGrow, owner, graceS, retryDelayS },
  })
}
