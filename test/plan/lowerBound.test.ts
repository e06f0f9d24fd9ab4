import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTrustingEstimator } from '../../src/machines/estimate/trusting.ts'
import { balancedReserve } from '../../src/machines/placement/rulePolicy.ts'
import { lowerBoundOf } from '../../src/plan/lowerBound.ts'
import { plannedJobs } from '../../src/plan/planned.ts'
import { simulateSchedule } from '../../src/plan/schedule.ts'
import { usesOf } from '../../src/plan/uses.ts'
import { buildJob, buildNode, NO_FIXED_RAM } from '../../src/testing/index.ts'
import { hushXState } from '../support/hushXState.ts'

hushXState()

const estimator = createTrustingEstimator()
const aJob = fc.record({
  threads: fc.constantFrom(0.5, 1, 2, 3, 4),
  ramGb: fc.constantFrom(0, 1, 5, 9),
  gpus: fc.constantFrom(0, 0, 1, 2),
  gpuShare: fc.constantFrom(0.25, 0.5, 1),
  timeS: fc.integer({ min: 1, max: 50 }),
})
const someJobs = fc
  .array(aJob, { minLength: 1, maxLength: 30 })
  .map(drafts => drafts.map((draft, i) => buildJob({ id: `j${i}`, ...draft })))
const NODES = [buildNode({ name: 'a', gpus: 2 }), buildNode({ name: 'b', threads: 2, ramGb: 10 })]

describe('a simulated schedule', () => {
  it('is never shorter than the lower bound, and uses no more than there is', () => {
    fc.assert(
      fc.property(someJobs, jobs => {
        const input = { jobs, nodes: NODES, fixedRam: NO_FIXED_RAM, policy: balancedReserve(), estimator }
        const timeline = simulateSchedule(input)
        const bound = lowerBoundOf(plannedJobs(jobs, NO_FIXED_RAM, estimator), NODES)
        expect(timeline.endS).toBeGreaterThanOrEqual(bound.seconds - 1e-6)
        expect(timeline.bars).toHaveLength(jobs.length)
        for (const { mean, most } of usesOf(timeline)) expect(mean).toBeLessThanOrEqual(most + 1e-9)
      }),
      { numRuns: 40 },
    )
  })
})

describe('the lower bound', () => {
  it('never grows with more of a machine', () => {
    fc.assert(
      fc.property(someJobs, fc.constantFrom('threads', 'ramGb', 'gpus'), (jobs, more) => {
        const planned = plannedJobs(jobs, NO_FIXED_RAM, estimator)
        const before = { threads: 4, ramGb: 16, gpus: 2 }
        const [small, large] = [buildNode(before), buildNode({ ...before, [more]: 2 * before[more] })]
        expect(lowerBoundOf(planned, [large]).seconds).toBeLessThanOrEqual(
          lowerBoundOf(planned, [small]).seconds + 1e-9,
        )
      }),
    )
  })
})
