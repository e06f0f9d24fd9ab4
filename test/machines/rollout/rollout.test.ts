import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Demand } from '../../../src/machines/placement/demand.ts'
import { allFree, type Free, fit, take } from '../../../src/machines/placement/free.ts'
import {
  BALANCED_RESERVE,
  LONGEST_FIRST,
  PORTFOLIO,
  type Rule,
} from '../../../src/machines/placement/rule/rule.ts'
import type { RestOfRun, RolloutPlaces } from '../../../src/machines/rollout/rest.ts'
import { createRollout } from '../../../src/machines/rollout/rollout.ts'
import { buildNode } from '../../../src/testing/builders.ts'
import { runsOr, seed } from '../../support/runs.ts'
import { optimum } from './support/optimum.ts'
import {
  bucketsOf,
  carryOut,
  demandArbitrary,
  nodesArbitrary,
  restOf,
  type Waits,
  waitsArbitrary,
} from './support/rest.ts'

const ruleArbitrary: fc.Arbitrary<Rule> = fc.constantFrom(...PORTFOLIO, LONGEST_FIRST)
const parameters = { seed, numRuns: runsOr(200) }

function total(free: readonly Free[], of: (free: Free) => number): number {
  return free.reduce((sum, node) => sum + of(node), 0)
}

/** What no schedule can be shorter than: the longest job, and for each resource the work over what there is of it. */
function lowerBound(nodes: readonly Free[], jobs: readonly Waits[]): number {
  const work = (of: (demand: Demand) => number) =>
    jobs.reduce((sum, { demand, seconds }) => sum + of(demand) * seconds, 0)
  return Math.max(
    ...jobs.map(({ seconds }) => seconds),
    work(({ threads }) => threads) / total(nodes, ({ threads }) => threads),
    work(({ ram }) => ram) / total(nodes, ({ ram }) => ram),
    work(({ gpus, gpuShare }) => gpus * gpuShare) / total(nodes, ({ gpus }) => 1000 * gpus.length),
  )
}

describe(`a rollout (seed ${seed})`, () => {
  it('places every job, never over what a node has, as real grants confirm', () => {
    fc.assert(
      fc.property(nodesArbitrary, waitsArbitrary(40), ruleArbitrary, (nodes, waiting, rule) => {
        const rest = restOf(nodes, waiting)
        const { places, unplaced } = createRollout(rest).run(rule, {}, { places: true })
        expect(unplaced).toBe(0)
        if (places) carryOut(rest, places)
      }),
      parameters,
    )
  })

  it('is over when the last job ends, and no sooner than any schedule could be', () => {
    fc.assert(
      fc.property(nodesArbitrary, waitsArbitrary(40), ruleArbitrary, (nodes, waiting, rule) => {
        const { makespanS, places } = createRollout(restOf(nodes, waiting)).run(rule, {}, { places: true })
        expect(makespanS).toBe(Math.max(...(places?.endS ?? [])))
        expect(makespanS).toBeGreaterThanOrEqual(lowerBound(nodes.map(allFree), waiting) - 1e-6)
      }),
      parameters,
    )
  })

  it('is never shorter than the optimum over all orders, and reaches it where the order does not matter', () => {
    const jobs = fc.array(
      fc.record({
        demand: demandArbitrary,
        group: fc.constant('a'),
        priority: fc.constant(0),
        seconds: fc.integer({ min: 1, max: 9 }),
      }),
      { minLength: 1, maxLength: 7 },
    )
    const nodes = fc.constantFrom([0], [0, 1])
    const both = [
      buildNode({ threads: 4, ramGb: 16, gpus: 2, resources: { licence: 2 } }),
      buildNode({ threads: 4 }),
    ]
    fc.assert(
      fc.property(nodes, jobs, ruleArbitrary, (some, waiting, rule) => {
        const here = both.slice(0, some.length)
        const best = optimum(here.map(allFree), waiting)
        const { makespanS } = createRollout(restOf(here, waiting)).run(rule)
        expect(makespanS).toBeGreaterThanOrEqual(best)
        if (waiting.length === 1) expect(makespanS).toBe(best)
      }),
      { seed, numRuns: runsOr(60) },
    )
  })

  it('does not depend on which of equal jobs stands where', () => {
    fc.assert(
      fc.property(
        nodesArbitrary,
        waitsArbitrary(40),
        ruleArbitrary,
        fc.infiniteStream(fc.boolean()),
        (nodes, waiting, given, coins) => {
          // With group starts the head of each bucket counts, so there it matters what stands in one.
          const rule = { ...given, groupStarts: 0 }
          const whole = restOf(nodes, waiting)
          const apart = whole.buckets.flatMap(bucket => {
            const first = Array.from(bucket.predictedS, () => coins.next().value === true)
            const part = (wanted: boolean) =>
              Array.from(bucket.predictedS).filter((_, i) => first[i] === wanted)
            return [true, false].map(wanted => ({ ...bucket, predictedS: part(wanted) }))
          })
          const { makespanS } = createRollout({ ...whole, buckets: apart }).run(rule)
          expect(makespanS).toBe(createRollout(whole).run(rule).makespanS)
        },
      ),
      parameters,
    )
  })

  it('takes twice as long where each job does', () => {
    fc.assert(
      fc.property(
        nodesArbitrary,
        waitsArbitrary(40),
        ruleArbitrary,
        fc.constantFrom(0.25, 2, 1024),
        (nodes, waiting, rule, factor) => {
          const longer = waiting.map(job => ({ ...job, seconds: job.seconds * factor }))
          const { makespanS } = createRollout(restOf(nodes, waiting)).run(rule)
          expect(createRollout(restOf(nodes, longer)).run(rule).makespanS).toBe(factor * makespanS)
        },
      ),
      parameters,
    )
  })

  it('gives equal results for equal arguments, with any true durations', () => {
    fc.assert(
      fc.property(
        nodesArbitrary,
        waitsArbitrary(40),
        ruleArbitrary,
        fc.array(fc.double({ min: 0.01, max: 500, noNaN: true }), { minLength: 40, maxLength: 40 }),
        (nodes, waiting, rule, pendingS) => {
          const rest = restOf(nodes, waiting)
          const rollout = createRollout(rest)
          const first = rollout.run(rule, { pendingS }, { places: true })
          rollout.run(BALANCED_RESERVE)
          expect(rollout.run(rule, { pendingS }, { places: true })).toEqual(first)
          expect(first.unplaced).toBe(0)
          if (first.places) carryOut(rest, first.places)
          for (let job = 0; job < rollout.jobs; job++) {
            const { startS, endS } = first.places ?? { startS: [], endS: [] }
            expect((endS[job] ?? 0) - (startS[job] ?? 0)).toBeCloseTo(pendingS[job] ?? 0)
          }
        },
      ),
      parameters,
    )
  })

  it('starts higher priorities first, however short', () => {
    const [long, short] = [demandOfThreads(4), demandOfThreads(4)].map((demand, priority) => ({
      demand,
      group: 'a',
      priority,
      seconds: priority === 0 ? 100 : 1,
    }))
    const rest = restOf(
      [buildNode({ threads: 4 })],
      [long, short].flatMap(job => job ?? []),
    )
    for (const rule of PORTFOLIO) {
      const { places } = createRollout(rest).run(rule, {}, { places: true })
      expect([...(places?.startS ?? [])]).toEqual([1, 0])
    }
  })

  it('counts a job that fits nowhere as unplaced, and places the others', () => {
    const rest = restOf([buildNode({ threads: 4 })], [waits(1, 10), waits(5, 10), waits(4, 10)])
    for (const rule of [...PORTFOLIO, LONGEST_FIRST]) {
      const { makespanS, unplaced } = createRollout(rest).run(rule)
      expect({ makespanS, unplaced }).toEqual({ makespanS: 20, unplaced: 1 })
    }
  })
})

describe('a rollout of a run that has begun', () => {
  const node = buildNode({ threads: 4 })
  const empty = allFree(node)
  const grant = fit(empty, demandOfThreads(3))
  if (!grant) throw new Error('does not fit: the scene is wrong')
  const begun = (waiting: readonly Waits[], leftS: number): RestOfRun => ({
    nodes: [{ empty, free: take(empty, grant) }],
    running: [{ node: 0, grant, elapsedS: 5, leftS }],
    buckets: bucketsOf(waiting),
  })

  it('waits for what runs', () => {
    expect(createRollout(begun([waits(4, 10)], 7)).run(BALANCED_RESERVE).makespanS).toBe(17)
    expect(createRollout(begun([], 7)).run(BALANCED_RESERVE).makespanS).toBe(7)
  })

  it('goes by when it really ends, whatever was expected', () => {
    const rollout = createRollout(begun([waits(4, 10)], 7))
    expect(rollout.run(BALANCED_RESERVE, { runningS: [50] }).makespanS).toBe(60)
    expect(rollout.run(BALANCED_RESERVE, { runningS: [1] }).makespanS).toBe(11)
  })

  it('is broken off where somebody knows enough', () => {
    const rollout = createRollout(begun([waits(4, 10), waits(4, 5)], 7))
    const isEnough = ({ order }: RolloutPlaces) => order.length === 1
    const { places, unplaced } = rollout.run(BALANCED_RESERVE, {}, { isEnough })
    expect([places?.order, unplaced]).toEqual([[0], 1])
  })

  it('lets a shorter job in beside what waits where it ends in time, and not where it does not', () => {
    const beside = (seconds: number) =>
      createRollout(begun([waits(4, 100), waits(1, seconds)], 7)).run(BALANCED_RESERVE, {}, { places: true })
    expect(beside(7).places?.startS[1]).toBe(0)
    expect(beside(8).places?.startS[1]).toBe(107)
  })

  it('keeps the place of a job although what runs before it is overdue, and places what ends before its new time', () => {
    const rollout = createRollout(begun([waits(4, 100), waits(1, 9)], 7))
    const { places, makespanS } = rollout.run(BALANCED_RESERVE, { runningS: [1000] }, { places: true })
    expect(makespanS).toBe(1109)
    expect(places?.startS[0]).toBe(1000)
  })

  it('has three of each group start first where a rule says so and it costs nothing', () => {
    const groups = [
      ...[900, 800, 700, 600, 500, 400].map(seconds => ({ ...waits(1, seconds), group: 'a' })),
      ...[90, 80, 70, 60].map(seconds => ({ ...waits(1, seconds), group: 'b' })),
    ]
    const rest = restOf([buildNode({ threads: 3 })], groups)
    const startS = (placedOf: ReadonlyMap<string, number>) => {
      const { places } = createRollout({ ...rest, placedOf }).run(LONGEST_FIRST, {}, { places: true })
      return [...(places?.startS ?? [])]
    }
    const atOnce = (starts: number[]) => starts.flatMap((start, job) => (start === 0 ? job : []))
    expect(atOnce(startS(new Map([['a', 3]])))).toEqual([6, 7, 8])
    expect(
      atOnce(
        startS(
          new Map([
            ['a', 3],
            ['b', 3],
          ]),
        ),
      ),
    ).toEqual([0, 1, 2])
  })
})

function waits(threads: number, seconds: number): Waits {
  return { demand: demandOfThreads(threads), group: 'a', priority: 0, seconds }
}

function demandOfThreads(threads: number): Demand {
  const none = { ram: 0, cores: 0, gpus: 0, gpuShare: 0, gpuRam: 0, resources: [] }
  return { ...none, threads: threads * 1000, key: `${threads} threads` }
}
