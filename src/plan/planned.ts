import type { Job } from '../job.ts'
import type { Estimator } from '../machines/estimate/estimator.ts'
import { type Demand, demandOf } from '../machines/placement/demand.ts'
import type { FixedRam } from '../node.ts'

/** A job, what it takes of a node, and how long it is predicted to take in seconds. */
export interface PlannedJob {
  readonly job: Job
  readonly demand: Demand
  readonly seconds: number
  /** Whether nobody knows anything of how long it takes. */
  readonly guess: boolean
}

/** What is known of the jobs before they run. */
export function plannedJobs(jobs: readonly Job[], fixed: FixedRam, estimator: Estimator): PlannedJob[] {
  return jobs.map(job => {
    const { seconds, guess } = estimator.predict(job)
    return { job, demand: demandOf(job.request, job.run.kind, fixed), seconds, guess }
  })
}
