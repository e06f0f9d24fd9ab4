import { lowerBound } from '../../src/machines/lowerBound/lowerBound.ts'
import { demandOf } from '../../src/machines/placement/demand.ts'
import { allFree } from '../../src/machines/placement/free.ts'
import { buildNode, buildRequest, NO_FIXED_RAM } from '../../src/testing/builders.ts'
import type { Cluster } from './engine.ts'
import type { BenchJob } from './jobs.ts'

/** Seconds that no schedule of these jobs on these nodes undercuts, and what sets them. */
export function boundOf(jobs: readonly BenchJob[], nodes: Cluster['nodes']) {
  const work = jobs.map(({ seconds, id: _, ...request }) => ({
    seconds,
    demand: demandOf(buildRequest(request), 'command', NO_FIXED_RAM),
  }))
  return lowerBound(
    work,
    nodes.map(({ gpus, ...node }) => allFree(buildNode({ ...node, gpus }))),
  )
}
