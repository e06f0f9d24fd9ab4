import type { OutcomeStatus } from '../../../src/job.ts'
import { attemptOf, type JobPlan } from './plan.ts'

/** A job as the model sees it: how it is planned, and what was done to it. */
export interface ModelJob {
  readonly plan: JobPlan
  /** Somebody cancelled it before it had ended. */
  cancelled: boolean
  /** Attempts that somebody ended from outside, and whether they went well. */
  readonly forced: Map<number, boolean>
}

/** The simple picture of what should come of it all, beside the real system. */
export interface Model {
  readonly jobs: Map<string, ModelJob>
  /** Nodes that take no new jobs now. */
  readonly away: Set<string>
  /** Of repeated and rogue messages there must first be something to repeat. */
  added: number
}

export function emptyModel(): Model {
  return { jobs: new Map(), away: new Set(), added: 0 }
}

/** How a job must end, and after how many attempts (`null`: that does not matter). */
export function expectedEnd({ plan, cancelled, forced }: ModelJob): {
  status: OutcomeStatus
  attempts: number | null
} {
  if (cancelled) return { status: 'cancelled', attempts: null }
  const most = plan.job.retries + 1
  for (let attempt = 1; attempt <= most; attempt++)
    if (forced.get(attempt) ?? goesWell(plan, attempt)) return { status: 'succeeded', attempts: attempt }
  return { status: 'failed', attempts: most }
}

/** An attempt that nobody touches goes as planned, unless its time limit ends it. */
function goesWell(plan: JobPlan, attempt: number): boolean {
  const { durationS, goesWell, failsToStart } = attemptOf(plan, attempt)
  return goesWell && !failsToStart && durationS <= (plan.job.timeoutS ?? Number.POSITIVE_INFINITY)
}
