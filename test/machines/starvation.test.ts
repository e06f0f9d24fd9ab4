import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTrustingEstimator } from '../../src/machines/estimate/trusting.ts'
import { PATIENCE } from '../../src/machines/placement/arrivals.ts'
import { balancedReserve, longestFirst } from '../../src/machines/placement/rulePolicy.ts'
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

describe.each([longestFirst(), balancedReserve()])(`$name (seed ${seed})`, policy => {
  const L = 100
  const longer = fc.record({
    timeS: fc.integer({ min: 50, max: L }),
    threads: fc.constantFrom(0.5, 1, 2),
    group: fc.constantFrom('a', 'b'),
    /** How much longer, or shorter, it really lasts than it says. */
    factor: fc.constantFrom(0.3, 1, 1, 3),
  })
  const scene = fc.record({
    before: fc.array(longer, { maxLength: 6 }),
    stream: fc.array(longer, { minLength: 1, maxLength: 12 }),
    large: fc.record({ timeS: fc.integer({ min: 1, max: 50 }), threads: fc.constantFrom(3, 4) }),
    small: fc.boolean(),
  })

  /** Nodes on one of which alone the large job fits; how much of all a thread is. */
  function nodesOf(small: boolean) {
    const nodes = [buildNode({ name: 'large' }), ...(small ? [buildNode({ name: 'small', threads: 2 })] : [])]
    return { nodes, thread: 1 / nodes.reduce((sum, { threads }) => sum + threads, 0) }
  }

  it('has a short wide job wait for a bounded amount of work, behind an endless stream of longer narrow ones', () => {
    fc.assert(
      fc.property(scene, ({ before, stream, large, small }) => {
        const { nodes, thread } = nodesOf(small)
        const factors = new Map<string, number>()
        const system = simulateSystem({
          nodes,
          policy,
          play: ({ job }) => ({ durationS: (job.timeS ?? 0) * (factors.get(job.id) ?? 1) }),
        })
        let came = 0
        const arrive = ({ timeS, threads, group, factor }: (typeof stream)[number]) => {
          const id = `${came++}`
          factors.set(id, factor)
          system.add(buildJob({ id, timeS, threads, group }))
        }
        const next = () => stream[came % stream.length] ?? { timeS: L, threads: 1, group: 'a', factor: 1 }
        for (let i = 0; i < 8; i++) arrive(next())
        system.start()
        system.clock.settle()
        before.forEach(arrive)
        system.add(buildJob({ id: 'large', ...large }))
        const wave = [...system.state().queue.buckets()]
        const waits = wave.reduce((sum, { size }) => sum + size, 0)
        const work = wave.reduce((sum, { demand, totalTimeS }) => sum + demand.threads * totalTimeS, 0)
        const seen = system.events.length
        for (let i = 0; Number.isNaN(placedAt(system, 'large')) && i < 1000; i++) {
          while (system.state().queue.size < 8) arrive(next())
          system.clock.advance(20_000)
        }
        const events = system.events.slice(seen)
        const at = events.findIndex(event => event.type === 'job.placed' && event.id === 'large')
        expect(at).toBeGreaterThanOrEqual(0)
        const others = events.slice(0, at).flatMap(event => (event.type === 'job.placed' ? event : []))
        const last = others.findLastIndex(({ node }) => node === 'large')
        const passedOver = others.slice(0, last + 1).reduce((sum, { id }) => {
          const record = system.state().jobs.get(id)
          const pending =
            record?.at === 'place' ? record.live.pending : record?.at === 'end' ? record.pending : null
          return sum + (pending?.job.timeS ?? 0) * (pending?.job.request.threads ?? 0)
        }, 0)
        // One L more: what a single pass may place before the next one sees that a job starves.
        expect(passedOver * thread).toBeLessThanOrEqual((work / 1000) * thread + (PATIENCE + waits + 1) * L)
        const waited = placedAt(system, 'large') - (others[last]?.at ?? 0) / 1000
        expect(waited).toBeLessThanOrEqual(3 * L + 1e-6)
      }),
      { seed, numRuns: runsOr(40) },
    )
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
