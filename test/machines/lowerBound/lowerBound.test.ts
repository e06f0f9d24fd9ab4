import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lowerBound, type Work } from '../../../src/machines/lowerBound/lowerBound.ts'
import { type Demand, demandOf } from '../../../src/machines/placement/demand.ts'
import { allFree } from '../../../src/machines/placement/free.ts'
import type { NodeCapacity } from '../../../src/node.ts'
import { buildNode, buildRequest, NO_FIXED_RAM } from '../../../src/testing/builders.ts'
import { runsOr, seed } from '../../support/runs.ts'
import { optimum } from '../rollout/support/optimum.ts'
import { nodesArbitrary, waitsArbitrary } from '../rollout/support/rest.ts'

const parameters = { seed, numRuns: runsOr(150) }

function boundOf(nodes: readonly NodeCapacity[], jobs: readonly Work[]) {
  return lowerBound(jobs, nodes.map(allFree))
}

function demand(request: Parameters<typeof buildRequest>[0]): Demand {
  return demandOf(buildRequest(request), 'command', NO_FIXED_RAM)
}

const work = (request: Parameters<typeof buildRequest>[0], ...seconds: readonly number[]): Work[] =>
  seconds.map(s => ({ demand: demand(request), seconds: s }))

describe(`the lower bound on the makespan (seed ${seed})`, () => {
  it('is never above the shortest schedule of all', () => {
    fc.assert(
      fc.property(nodesArbitrary, waitsArbitrary(5), (nodes, jobs) => {
        const { seconds } = boundOf(nodes, jobs)
        expect(seconds).toBeLessThanOrEqual(optimum(nodes.map(allFree), jobs) * (1 + 1e-9))
      }),
      parameters,
    )
  })

  it('never grows with capacity', () => {
    const more = fc.record({
      node: fc.nat(2),
      threads: fc.constantFrom(0, 0.5, 1, 4),
      ramGb: fc.constantFrom(0, 3, 16),
      gpus: fc.constantFrom(0, 1, 2),
    })
    fc.assert(
      fc.property(
        nodesArbitrary,
        waitsArbitrary(30),
        more,
        fc.boolean(),
        (nodes, jobs, { node, ...add }, isNew) => {
          const larger = isNew
            ? [...nodes, buildNode({ threads: 1 + add.threads, ramGb: 1 + add.ramGb, gpus: add.gpus })]
            : nodes.map((of, i) => (i === node % nodes.length ? enlarged(of, add) : of))
          const before = boundOf(nodes, jobs).seconds
          expect(boundOf(larger, jobs).seconds).toBeLessThanOrEqual(before * (1 + 1e-5))
        },
      ),
      { ...parameters, numRuns: runsOr(400) },
    )
  })

  it('is set by the same thing in whatever order and unit the jobs are given', () => {
    fc.assert(
      fc.property(
        nodesArbitrary,
        waitsArbitrary(30),
        fc.constantFrom(1, 1 / 3, 0.1, 7.7),
        (nodes, jobs, by) => {
          const others = jobs.map(job => ({ ...job, seconds: job.seconds * by })).reverse()
          expect(boundOf(nodes, others).by).toBe(boundOf(nodes, jobs).by)
        },
      ),
      { ...parameters, numRuns: runsOr(400) },
    )
  })

  it('names the longest job where a resource takes just as long, but for rounding', () => {
    // 0.1 + 0.2 > 0.3 in floating-point numbers.
    const jobs = [...work({ threads: 1 }, 0.1, 0.2), ...work({ threads: 1 }, 0.3)]
    expect(boundOf([buildNode({ threads: 2 })], jobs)).toEqual({
      by: 'longest job',
      seconds: expect.closeTo(0.3),
    })
  })

  it('grows as all seconds do', () => {
    fc.assert(
      fc.property(
        nodesArbitrary,
        waitsArbitrary(30),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (nodes, jobs, by) => {
          const scaled = jobs.map(job => ({ ...job, seconds: job.seconds * by }))
          const { seconds } = boundOf(nodes, jobs)
          expect(boundOf(nodes, scaled).seconds / (by * seconds)).toBeCloseTo(1, 4)
        },
      ),
      parameters,
    )
  })

  it('is set by the longest job where all run side by side', () => {
    expect(boundOf([buildNode()], work({}, 3, 7))).toEqual({ by: 'longest job', seconds: 7 })
  })

  it('is set by what the jobs take of a resource', () => {
    const jobs = work({ threads: 2 }, 3, 3, 3, 3)
    expect(boundOf([buildNode({ threads: 4 })], jobs)).toEqual({ by: 'threads', seconds: 6 })
  })

  it('knows that two jobs of more than half of a GPU do not share one', () => {
    const jobs = work({ gpus: 1, gpuShare: 0.6 }, 5, 5, 5, 5)
    expect(boundOf([buildNode({ threads: 64, gpus: 2 })], jobs)).toEqual({ by: 'GPU share', seconds: 10 })
  })

  it('knows that large jobs run only on large nodes', () => {
    const nodes = [buildNode({ threads: 8, ramGb: 64 }), buildNode({ threads: 64 })]
    expect(boundOf(nodes, work({ ramGb: 40 }, 5, 6))).toEqual({ by: 'RAM', seconds: 11 })
  })

  it('knows that of five jobs with four places two run one after the other', () => {
    const { seconds } = boundOf([buildNode({ threads: 4 })], work({}, 9, 9, 9, 9, 8))
    expect(seconds).toBe(17)
  })

  it('knows that nothing runs beside a job that takes a whole node', () => {
    const { seconds } = boundOf([buildNode({ threads: 4 })], [...work({ threads: 4 }, 2, 3), ...work({}, 20)])
    expect(seconds).toBe(25)
  })

  it('knows what all has to run at the middle of the makespan', () => {
    const jobs = [...work({ threads: 2 }, 9, 9), ...work({ threads: 1 }, 9)]
    expect(boundOf([buildNode({ threads: 4 })], jobs).seconds).toBeCloseTo(18, 2)
  })

  it('is infinite where a job asks for more than any node has', () => {
    expect(boundOf([buildNode({ threads: 4 })], work({ threads: 5 }, 1)).seconds).toBe(
      Number.POSITIVE_INFINITY,
    )
  })

  it('is 0 without jobs', () => {
    expect(boundOf([buildNode()], [])).toEqual({ by: 'longest job', seconds: 0 })
  })
})

function enlarged(node: NodeCapacity, by: { threads: number; ramGb: number; gpus: number }): NodeCapacity {
  return buildNode({
    ...node,
    cores: node.cores.length,
    threads: node.threads + by.threads,
    ramGb: node.ramGb + by.ramGb,
    gpus: node.gpus.length + by.gpus,
  })
}
