import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Distribution } from '../../../src/machines/estimate/distribution.ts'
import { inBatches } from '../../../src/machines/eta/batches.ts'
import { Draws } from '../../../src/machines/eta/draws.ts'
import { pendingS } from '../../../src/machines/eta/futures.ts'
import { type EndTime, endTimeOf, FITTED, RAW } from '../../../src/machines/eta/interval.ts'
import type { RunningRest, UncertainRest, WaitingRest } from '../../../src/machines/eta/rest.ts'
import { type EndTimeOptions, endTimeNow } from '../../../src/machines/eta/simulate.ts'
import { demandOf } from '../../../src/machines/placement/demand.ts'
import { allFree, fit } from '../../../src/machines/placement/free.ts'
import { buildNode, buildRequest, NO_FIXED_RAM } from '../../../src/testing/index.ts'
import { runsOr, seed } from '../../support/runs.ts'

const parameters = { seed, numRuns: runsOr(60) }
const AS_THEY_ARE = { reading: RAW }
/** Quantiles of the standard normal distribution. */
const Q90 = 1.2815515655

function demand(threads = 1) {
  return demandOf(buildRequest({ threads }), 'command', NO_FIXED_RAM)
}

function nodes(number: number, threads = 4): UncertainRest['nodes'] {
  const free = allFree(buildNode({ threads, cores: 0 }))
  return Array.from({ length: number }, () => ({ empty: free, free }))
}

function bucket(durations: readonly Distribution[], some: Partial<WaitingRest> = {}, from = 0): WaitingRest {
  const longestFirst = [...durations].sort((a, b) => b.logMean - a.logMean)
  const at = (position: number) => {
    const duration = longestFirst[position]
    if (!duration) throw new RangeError(`no job at ${position}`)
    return { seq: from + position, duration }
  }
  return { demand: demand(), group: 'g', priority: 0, size: durations.length, at, ...some }
}

function running(duration: Distribution, elapsedS: number, some: Partial<RunningRest> = {}): RunningRest {
  const grant = fit(allFree(buildNode({ threads: 4, cores: 0 })), demand())
  if (!grant) throw new Error('one thread fits on four')
  return { node: 0, grant, group: 'g', seq: 0, duration, elapsedS, ...some }
}

function mustEnd(rest: UncertainRest, options: EndTimeOptions = {}): EndTime {
  const end = endTimeNow(rest, options)
  if (!end) throw new Error('expected an end time')
  return end
}

function about(seconds: number, ownSd = 0.3, sharedSd = 0.2): Distribution {
  return { logMean: Math.log(seconds), ownSd, sharedSd }
}

const durations = fc.array(
  fc.record({
    logMean: fc.integer({ min: 0, max: 8000 }).map(thousandths => thousandths / 1000),
    sharedSd: fc.double({ min: 0.001, max: 1, noNaN: true }),
    ownSd: fc.double({ min: 0.001, max: 1, noNaN: true }),
  }),
  { minLength: 1, maxLength: 30 },
)

describe(`the simulated end (seed ${seed})`, () => {
  it('of one job is that job: median and quantiles of what is believed of it', () => {
    const shared = { logMean: Math.log(100), sharedSd: 0.5, ownSd: 1e-6 }
    const alone = mustEnd({ nodes: nodes(1), running: [], buckets: [bucket([shared])] }, AS_THEY_ARE)
    expect(Math.log(alone.expectedS)).toBeCloseTo(Math.log(100), 2)
    expect(Math.log(alone.lowS)).toBeCloseTo(Math.log(100) - 0.5 * Q90, 1)
    expect(Math.log(alone.highS)).toBeCloseTo(Math.log(100) + 0.5 * Q90, 1)
    const own = { logMean: Math.log(100), sharedSd: 1e-6, ownSd: 0.5 }
    const many = { ...AS_THEY_ARE, futures: 2000 }
    const drawn = mustEnd({ nodes: nodes(1), running: [], buckets: [bucket([own])] }, many)
    expect(Math.log(drawn.lowS)).toBeCloseTo(Math.log(100) - 0.5 * Q90, 1)
    expect(Math.log(drawn.highS)).toBeCloseTo(Math.log(100) + 0.5 * Q90, 1)
  })

  it('of a job that runs past its time is what is left of it, given that it still runs', () => {
    const left = (elapsedS: number) =>
      mustEnd(
        { nodes: nodes(1), running: [running(about(100), elapsedS)], buckets: [] },
        { ...AS_THEY_ARE, futures: 400 },
      )
    expect(left(1).expectedS).toBeCloseTo(99, -1)
    // Half of the normal distribution above one standard deviation lies above 1.41 of them.
    const sd = 0.3
    const late = mustEnd(
      { nodes: nodes(1), running: [running(about(100, sd, 1e-9), 100 * Math.exp(sd))], buckets: [] },
      { ...AS_THEY_ARE, futures: 4000 },
    )
    expect(late.expectedS).toBeCloseTo(100 * (Math.exp(1.41 * sd) - Math.exp(sd)), -0.5)
    expect(left(500).expectedS).toBeGreaterThan(0)
  })

  it('is widened on a log scale, the median left where it is', () => {
    const rest = { nodes: nodes(1), running: [], buckets: [bucket([about(50), about(20), about(90)])] }
    const [raw, wide] = [mustEnd(rest, AS_THEY_ARE), mustEnd(rest, { reading: { ...RAW, widening: 2 } })]
    expect(wide.expectedS).toBe(raw.expectedS)
    expect(wide.highS / wide.expectedS).toBeCloseTo((raw.highS / raw.expectedS) ** 2, 9)
    expect(wide.lowS / wide.expectedS).toBeCloseTo((raw.lowS / raw.expectedS) ** 2, 9)
  })

  it('is read as it was fitted: a little below the middle, and never surer than a tenth', () => {
    const sure = endTimeOf([100, 100, 100], FITTED)
    expect(sure.expectedS).toBe(100)
    expect(sure.highS).toBeGreaterThan(105)
    expect(sure.lowS).toBeLessThan(95)
    const unsure = endTimeOf([10, 20, 40, 80, 160, 320, 640], FITTED)
    expect(unsure.expectedS).toBeGreaterThan(20)
    expect(unsure.expectedS).toBeLessThan(80)
    expect(endTimeOf([0, 0, 0], FITTED)).toEqual({ expectedS: 0, lowS: 0, highS: 0 })
  })

  it('is finite, not below 0, and its interval holds its median', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1e6, noNaN: true }), (of, elapsedS) => {
        const [first, ...others] = of
        if (!first) return
        const end = mustEnd({
          nodes: nodes(2, 5),
          running: [running(first, elapsedS, { seq: 1e6 })],
          buckets: others.length > 0 ? [bucket(others)] : [],
        })
        expect(end.lowS).toBeGreaterThanOrEqual(0)
        expect(end.lowS).toBeLessThanOrEqual(end.expectedS)
        expect(end.expectedS).toBeLessThanOrEqual(end.highS)
        expect(end.highS).toBeLessThan(Number.POSITIVE_INFINITY)
      }),
      parameters,
    )
  })

  it('scales with all times', () => {
    fc.assert(
      fc.property(durations, fc.constantFrom(0.01, 7, 3600), (of, scale) => {
        const scaled = of.map(one => ({ ...one, logMean: one.logMean + Math.log(scale) }))
        const [one, other] = [of, scaled].map(all =>
          mustEnd({ nodes: nodes(1), running: [], buckets: [bucket(all)] }),
        )
        expect((other?.expectedS ?? 0) / scale / (one?.expectedS ?? 0)).toBeCloseTo(1, 6)
      }),
      parameters,
    )
  })

  it('does not come later with more nodes, but for noise', () => {
    fc.assert(
      fc.property(durations, fc.integer({ min: 1, max: 3 }), (of, number) => {
        const on = (count: number) => mustEnd({ nodes: nodes(count), running: [], buckets: [bucket(of)] })
        expect(on(number + 1).expectedS).toBeLessThanOrEqual(on(number).expectedS * 1.1)
      }),
      parameters,
    )
  })

  it('waits for a job on a node that takes nothing any more', () => {
    const far = running(about(1000, 0.01, 0.01), 0, { node: null, seq: 7 })
    const rest = { nodes: nodes(1), running: [far], buckets: [bucket([about(1)])] }
    expect(mustEnd(rest).expectedS).toBeCloseTo(1000, -2)
  })

  it('is not told where a job fits on no node, nor where no node is left', () => {
    const wide = bucket([about(1)], { demand: demand(9) })
    expect(endTimeNow({ nodes: nodes(1), running: [], buckets: [wide] })).toBeNull()
    expect(endTimeNow({ nodes: [], running: [], buckets: [bucket([about(1)])] })).toBeNull()
    expect(endTimeNow({ nodes: nodes(1), running: [], buckets: [] })).toEqual({
      expectedS: 0,
      lowS: 0,
      highS: 0,
    })
  })
})

describe('a queue that is long', () => {
  const many = Array.from({ length: 3000 }, (_, i) => about(10 + (i % 50), 0.4, 0.3))
  const rest = {
    nodes: nodes(2),
    running: [],
    buckets: [bucket(many.slice(0, 1000)), bucket(many.slice(1000), { demand: demand(2), group: 'h' }, 1000)],
  }

  it('is simulated in batches, with all of its work', () => {
    const buckets = inBatches(rest, 100)
    const batches = buckets.flatMap(one => one.batches)
    expect(batches.length).toBeLessThan(300)
    expect(batches.reduce((sum, { jobs }) => sum + jobs, 0)).toBe(3000)
  })

  it('is reckoned as an area where even batches are too many', () => {
    const large = {
      nodes: nodes(500),
      running: [],
      buckets: [bucket(Array.from({ length: 30_000 }, () => about(50)))],
    }
    const { expectedS } = mustEnd(large, AS_THEY_ARE)
    expect(expectedS / ((30_000 * 50) / 2000)).toBeCloseTo(1, 0)
  })

  it('keeps jobs alone that are longer than its batches, and the end fine', () => {
    const tail = Array.from({ length: 20_000 }, (_, i) => about(i < 5 ? 50_000 : 1 + (i % 7)))
    const [only] = inBatches({ nodes: nodes(1), running: [], buckets: [bucket(tail)] }, 500)
    expect(only?.batches.slice(0, 5).map(({ jobs }) => jobs)).toEqual([1, 1, 1, 1, 1])
    expect(only?.batches.at(-1)?.jobs).toBe(1)
    expect(only?.batches.length).toBeLessThan(1500)
  })

  it('comes to the same end in batches as job by job', () => {
    const [exact, coarse] = [mustEnd(rest, { mostJobs: 1e6 }), mustEnd(rest, { mostJobs: 400 })]
    expect(coarse.expectedS / exact.expectedS).toBeCloseTo(1, 1)
    expect(coarse.highS / exact.highS).toBeCloseTo(1, 1)
    expect(coarse.lowS / exact.lowS).toBeCloseTo(1, 1)
  })

  it('draws for a job the same in the same future, whatever else is left', () => {
    const draws = new Draws(16)
    const [, second] = inBatches(rest, 1e6)
    if (!second) throw new Error('there are two buckets')
    const [all, alone] = [inBatches(rest, 1e6), [second]].map(of => pendingS(of, draws, 3))
    expect([...(alone ?? [])]).toEqual([...(all ?? [])].slice(1000))
  })
})
