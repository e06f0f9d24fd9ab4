import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTrustingEstimator } from '../../src/machines/estimate/trusting.ts'
import { buildJob, buildNode, checkInvariants, simulateSystem } from '../../src/testing/index.ts'
import { hushXState } from '../support/hushXState.ts'
import { runsOr, seed } from '../support/runs.ts'

hushXState()

/** When a job was placed, in seconds. */
function placedAt(system: ReturnType<typeof simulateSystem>, id: string): number {
  const placed = system.events.find(event => event.type === 'job.placed' && event.id === id)
  return (placed?.at ?? Number.NaN) / 1000
}

describe('a large job', () => {
  const smalls = fc.array(
    fc.record({ afterS: fc.integer({ min: 0, max: 10 }), timeS: fc.integer({ min: 1, max: 50 }) }),
    { minLength: 1, maxLength: 40 },
  )

  it('never waits longer than for what ran when it came, by estimates that are right, behind any stream of smaller ones', () => {
    fc.assert(
      fc.property(
        smalls,
        fc.integer({ min: 0, max: 39 }),
        fc.constantFrom(3, 4),
        (stream, before, threads) => {
          const system = simulateSystem({
            nodes: [buildNode({ threads: 4 })],
            estimator: createTrustingEstimator(),
          })
          system.start()
          let lastEndS = 0
          for (const [i, { afterS, timeS }] of stream.entries()) {
            system.clock.advance(afterS * 1000)
            if (i === Math.min(before, stream.length - 1)) {
              const running = [...system.state().live.values()]
              const ends = running.map(live => live.placedAt / 1000 + (live.pending.job.timeS ?? 0))
              lastEndS = Math.max(system.clock.now() / 1000, ...ends)
              system.add(buildJob({ id: 'large', timeS: 51, threads }))
            }
            system.add(buildJob({ id: `small${i}`, timeS }))
          }
          system.runAll(checkInvariants)
          expect(placedAt(system, 'large')).toBeLessThanOrEqual(lastEndS)
        },
      ),
      { seed, numRuns: runsOr(200) },
    )
  })

  it('is placed although small ones, one after the other, would always leave too little for it', () => {
    const system = simulateSystem({ nodes: [buildNode({ threads: 2 })] })
    system.add(buildJob({ id: 'first', timeS: 10 }), buildJob({ id: 'second', timeS: 15 }))
    system.start()
    system.clock.settle()
    system.add(buildJob({ id: 'large', timeS: 20, threads: 2 }))
    for (let i = 0; i < 100; i++) {
      system.add(buildJob({ id: `small${i}`, timeS: 10 }))
      system.clock.advance(5000)
    }
    system.runAll(checkInvariants)
    expect(placedAt(system, 'large')).toBe(15)
  })

  it('is placed next, although those before it last far longer than was said', () => {
    const system = simulateSystem({
      nodes: [buildNode({ threads: 2 })],
      play: ({ job }) => ({ durationS: (job.timeS ?? 0) * 7 }),
    })
    for (let i = 0; i < 20; i++) system.add(buildJob({ id: `small${i}`, timeS: 10, group: 'small' }))
    system.start()
    system.clock.settle()
    system.add(buildJob({ id: 'large', timeS: 20, threads: 2, group: 'large' }))
    system.runAll(checkInvariants)
    expect(placedAt(system, 'large')).toBeLessThanOrEqual(140)
  })

  it('has its place kept on the node that is there, while a longer one waits for a node that is lost', () => {
    const system = simulateSystem({
      nodes: [buildNode({ name: 'gpu', gpus: 1 }), buildNode({ name: 'cpu', threads: 2 })],
    })
    const gpuJob = buildJob({ id: 'gpu job', timeS: 500, gpus: 1, threads: 4 })
    const smalls = [10, 15].map(timeS => buildJob({ id: `${timeS} s`, timeS }))
    system.add(gpuJob, smalls)
    system.loseNode('gpu')
    system.start()
    system.clock.settle()
    system.add(buildJob({ id: 'large', timeS: 20, threads: 2 }))
    for (let i = 0; i < 20; i++) {
      system.add(buildJob({ id: `small${i}`, timeS: 10 }))
      system.clock.advance(5000)
    }
    expect(placedAt(system, 'large')).toBe(15)
    system.joinNode(buildNode({ name: 'gpu', gpus: 1 }))
    system.runAll(checkInvariants)
    expect(system.outcomes.every(({ status }) => status === 'succeeded')).toBe(true)
  })
})

describe('any set of jobs', () => {
  it('ends, with every job placed, whatever they ask for', () => {
    const job = fc.record({
      timeS: fc.option(fc.integer({ min: 1, max: 100 })),
      threads: fc.constantFrom(0.5, 1, 2, 4),
      ramGb: fc.constantFrom(0, 1, 8, 16),
      gpus: fc.constantFrom(0, 0, 1, 2),
      gpuShare: fc.constantFrom(1 / 3, 0.5, 1),
      physicalCores: fc.constantFrom(0, 1, 3, 4),
      priority: fc.constantFrom(0, 1, 2),
      group: fc.constantFrom('a', 'b', 'c'),
    })
    fc.assert(
      fc.property(fc.array(job, { maxLength: 40 }), jobs => {
        const system = simulateSystem({ nodes: [buildNode({ gpus: 2 })] })
        system.add(jobs.map((one, i) => buildJob({ id: `j${i}`, ...one })))
        system.runAll(checkInvariants)
        expect(system.outcomes).toHaveLength(jobs.length)
      }),
      { seed, numRuns: runsOr(200) },
    )
  })
})
