import { lowerBound } from '../machines/lowerBound/lowerBound.ts'
import { allFree } from '../machines/placement/free.ts'
import type { NodeCapacity } from '../node.ts'
import type { LowerBound } from './plan.ts'
import type { PlannedJob } from './planned.ts'

/** What no schedule of these jobs on these nodes can undercut, and what sets it. */
export function lowerBoundOf(jobs: readonly PlannedJob[], nodes: readonly NodeCapacity[]): LowerBound {
  const bound = lowerBound(jobs, nodes.map(allFree))
  const longest = bound.by === 'longest job' ? longestOf(jobs) : null
  return { ...bound, ...(longest && { job: longest.job.name }) }
}

function longestOf(jobs: readonly PlannedJob[]): PlannedJob | null {
  return jobs.reduce<PlannedJob | null>(
    (longest, job) => (longest && longest.seconds >= job.seconds ? longest : job),
    null,
  )
}
