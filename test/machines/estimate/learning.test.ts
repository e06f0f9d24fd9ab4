import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleS } from '../../../src/machines/estimate/distribution.ts'
import type { EstimatedJob, Estimator } from '../../../src/machines/estimate/estimator.ts'
import { addJob, type Evidence, noEvidence } from '../../../src/machines/estimate/evidence.ts'
import { createLearningEstimator, GUESS_S } from '../../../src/machines/estimate/learning.ts'
import { normalQuantile } from '../../../src/machines/normal.ts'
import { randomOf } from '../../../src/simulator/random.ts'
import { runsOr, seed } from '../../support/runs.ts'

const options = { seed, numRuns: runsOr(200) }

function job(group: string, timeS: number | null, some: Partial<EstimatedJob> = {}): EstimatedJob {
  return { id: `${group}/${timeS}`, group, timeS, ...some }
}

function predicted(estimator: Estimator, group: string, timeS: number | null): number {
  return estimator.predict({ group, timeS }).seconds
}

/** A duration that lasts `factor` times its estimate, give or take. */
function noisy(timeS: number, factor: number, sd: number, ...keys: (string | number)[]): number {
  return timeS * factor * Math.exp(sd * normalQuantile(randomOf(1, ...keys)))
}

/** The sums over jobs that are all alike. */
function sumsOf(count: number, x: number, d: number): Evidence {
  const sums = noEvidence()
  for (let i = 0; i < count; i++) addJob(sums, x, d, 1)
  return sums
}

/** What is done to an estimator, as data, so that it can be scaled and reordered. */
interface Lesson {
  readonly group: string
  readonly timeS: number
  readonly durationS: number
  /** Whether it still runs, `durationS` after its start. */
  readonly runs: boolean
}

const seconds = fc.double({ min: 0.1, max: 1e6, noNaN: true })
const lesson: fc.Arbitrary<Lesson> = fc.record({
  group: fc.constantFrom('a', 'b', 'c'),
  timeS: seconds,
  durationS: seconds,
  runs: fc.boolean(),
})
const lessons = fc.array(lesson, { maxLength: 20 })
/** Times before it are negative: a clock that tells ms since the epoch would round them. */
const NOW = 0

/** All that have ended first, since running ones are judged by what these taught. */
function taught(all: readonly Lesson[], scale = 1): Estimator {
  const estimator = createLearningEstimator()
  for (const { group, timeS } of all) estimator.expect({ group, timeS: timeS * scale })
  for (const { group, timeS, durationS, runs } of all)
    if (!runs) estimator.learn({ group, timeS: timeS * scale }, durationS * scale)
  for (const [i, { group, timeS, durationS, runs }] of all.entries())
    if (runs) estimator.started(job(group, timeS * scale, { id: `r${i}` }), NOW - durationS * scale * 1000)
  estimator.at(NOW)
  return estimator
}

describe('the estimator, before it has learned', () => {
  it('takes an estimate as it is, and a minute where there is none, marked as a guess', () => {
    const estimator = createLearningEstimator()
    expect(estimator.predict({ group: 'xgb', timeS: 30 }).seconds).toBeCloseTo(30, 9)
    expect(estimator.predict({ group: 'xgb', timeS: 30 }).guess).toBe(false)
    expect(estimator.predict({ group: 'xgb', timeS: null }).seconds).toBeCloseTo(GUESS_S, 9)
    expect(estimator.predict({ group: 'xgb', timeS: null }).guess).toBe(true)
    expect(estimator.groups()).toEqual([])
  })

  it('knows how little it knows: a group off by a factor of four is inside of what it draws', () => {
    const { sharedSd, ownSd } = createLearningEstimator().distribution(job('xgb', 30))
    expect(Math.exp(2 * sharedSd)).toBeGreaterThan(4)
    expect(ownSd).toBeGreaterThan(0.2)
  })
})

describe('the estimator, by jobs that have ended', () => {
  it('leaves estimates alone that turn out right, and trusts them the more', () => {
    const estimator = createLearningEstimator()
    for (let i = 1; i <= 100; i++) estimator.learn({ group: 'xgb', timeS: i }, i)
    expect(predicted(estimator, 'xgb', 7)).toBeCloseTo(7, 6)
    expect(estimator.distribution(job('xgb', 7)).ownSd).toBeLessThan(0.1)
  })

  it('goes most of the way to a factor by one job, and all of the way by many', () => {
    const estimator = createLearningEstimator()
    estimator.learn({ group: 'xgb', timeS: 10 }, 40)
    expect(predicted(estimator, 'xgb', 10)).toBeGreaterThan(25)
    expect(predicted(estimator, 'xgb', 10)).toBeLessThan(40)
    const unsure = estimator.distribution(job('xgb', 10)).sharedSd
    for (let i = 0; i < 50; i++) estimator.learn({ group: 'xgb', timeS: 10 }, 40)
    expect(predicted(estimator, 'xgb', 10)).toBeCloseTo(40, 0)
    expect(estimator.distribution(job('xgb', 10)).sharedSd).toBeLessThan(unsure / 3)
  })

  it('comes to the truth: factor, power of the estimate and spread of each group', () => {
    const estimator = createLearningEstimator()
    const truth = (timeS: number, factor: number) => factor * timeS ** 0.8
    for (let i = 0; i < 4000; i++) {
      const timeS = Math.exp(randomOf(2, i) * 6)
      estimator.learn({ group: 'a', timeS }, noisy(truth(timeS, 3), 1, 0.2, 'a', i))
      estimator.learn({ group: 'b', timeS }, noisy(truth(timeS, 0.3), 1, 0.6, 'b', i))
    }
    for (const timeS of [2, 20, 200]) {
      expect(predicted(estimator, 'a', timeS) / truth(timeS, 3)).toBeCloseTo(1, 1)
      expect(predicted(estimator, 'b', timeS) / truth(timeS, 0.3)).toBeCloseTo(1, 1)
    }
    expect(estimator.distribution(job('a', 20)).ownSd).toBeCloseTo(0.2, 1)
    expect(estimator.distribution(job('b', 20)).ownSd).toBeCloseTo(0.6, 1)
  })

  it('expects of an unknown group what is usual of groups, and holds it for as uncertain as they differ', () => {
    const [alike, different] = [createLearningEstimator(), createLearningEstimator()]
    for (let group = 0; group < 40; group++)
      for (let i = 0; i < 10; i++) {
        alike.learn({ group: `g${group}`, timeS: 10 }, noisy(10, 5, 0.1, group, i))
        different.learn({ group: `g${group}`, timeS: 10 }, noisy(10, group % 2 ? 5 : 0.2, 0.1, group, i))
      }
    expect(predicted(alike, 'new', 10)).toBeGreaterThan(40)
    expect(predicted(different, 'new', 10)).toBeCloseTo(10, -1)
    expect(alike.distribution(job('new', 10)).sharedSd).toBeLessThan(0.5)
    expect(different.distribution(job('new', 10)).sharedSd).toBeGreaterThan(1.2)
  })

  it('expects of a job without an estimate what its group took, and nothing of other groups', () => {
    const estimator = createLearningEstimator()
    for (let i = 0; i < 30; i++) estimator.learn({ group: 'xgb', timeS: i % 2 ? null : 1 }, 1000)
    expect(predicted(estimator, 'xgb', null)).toBeGreaterThan(950)
    expect(estimator.predict({ group: 'xgb', timeS: null }).guess).toBe(false)
    expect(predicted(estimator, 'knn', null)).toBeCloseTo(GUESS_S, 9)
    expect(estimator.predict({ group: 'knn', timeS: null }).guess).toBe(true)
  })

  it('expects of a job what it took in an earlier run, whatever was said of it, and how that run compares', () => {
    const estimator = createLearningEstimator()
    const known = { group: 'xgb', timeS: 1, earlierS: 100 }
    expect(estimator.predict(known).seconds).toBeCloseTo(100, 6)
    for (let i = 0; i < 20; i++) estimator.learn({ group: 'xgb', timeS: 5, earlierS: 10 }, 20)
    expect(estimator.predict(known).seconds).toBeGreaterThan(190)
    expect(predicted(estimator, 'xgb', 5)).toBeGreaterThan(15)
  })

  it('begins with what earlier runs have taught, and follows this one where it differs', () => {
    const estimator = createLearningEstimator()
    const past = {
      group: 'xgb',
      given: sumsOf(100, Math.log(10), Math.log(4)),
      nothing: sumsOf(100, 0, Math.log(40)),
    }
    estimator.remember([past])
    expect(predicted(estimator, 'xgb', 10)).toBeGreaterThan(38)
    expect(estimator.predict({ group: 'xgb', timeS: null })).toMatchObject({ guess: false })
    expect(predicted(estimator, 'xgb', null)).toBeCloseTo(40, 0)
    expect(estimator.groups()).toEqual([])
    for (let i = 0; i < 20; i++) estimator.learn({ group: 'xgb', timeS: 10 }, 5)
    expect(predicted(estimator, 'xgb', 10)).toBeLessThan(8)
  })

  it('tells the factor of a group as the sum of durations over the sum of estimates', () => {
    const estimator = createLearningEstimator()
    estimator.learn({ group: 'xgb', timeS: 10 }, 30)
    estimator.learn({ group: 'xgb', timeS: 90 }, 170)
    estimator.learn({ group: 'xgb', timeS: null }, 1e6)
    estimator.learn({ group: 'knn', timeS: null }, 10)
    expect(estimator.groups()).toEqual([
      { group: 'xgb', factor: 2, jobs: 2 },
      { group: 'knn', factor: 1, jobs: 0 },
    ])
  })

  it('learns nothing from what is no duration', () => {
    const estimator = createLearningEstimator()
    for (const durationS of [Number.NaN, -1, Number.POSITIVE_INFINITY])
      estimator.learn({ group: 'xgb', timeS: 10 }, durationS)
    expect(estimator.groups()).toEqual([])
    expect(predicted(estimator, 'xgb', 10)).toBeCloseTo(10, 9)
  })
})

describe('the estimator, by jobs that run', () => {
  it('raises a group the more, the longer one of it runs past its time, long before it ends', () => {
    const estimator = createLearningEstimator()
    estimator.started(job('xgb', 10), 0)
    const seen = [0, 1, 10, 20, 40, 80, 1000, 1e6].map(elapsedS => {
      estimator.at(elapsedS * 1000)
      return predicted(estimator, 'xgb', 10)
    })
    expect(seen[1]).toBeCloseTo(10, 1)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen[4]).toBeGreaterThan(25)
    expect(seen[6]).toBeGreaterThan(500)
    expect(predicted(estimator, 'knn', 10)).toBeGreaterThan(10)
  })

  it(`only ever raises a group by them, as long as its jobs are estimated alike (LONGSHORE_SEED=${seed})`, () => {
    const durations = fc.array(fc.record({ durationS: seconds, runs: fc.boolean() }), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(durations, seconds, (all, timeS) => {
        const alike = all.map(one => ({ ...one, group: 'a', timeS }))
        const without = taught(alike.filter(({ runs }) => !runs))
        expect(predicted(taught(alike), 'a', timeS)).toBeGreaterThanOrEqual(
          predicted(without, 'a', timeS) * (1 - 1e-9),
        )
      }),
      options,
    )
  })

  it('forgets one that stopped and taught nothing', () => {
    const estimator = createLearningEstimator()
    estimator.started(job('xgb', 10), 0)
    estimator.at(1e6)
    expect(predicted(estimator, 'xgb', 10)).toBeGreaterThan(20)
    estimator.stopped('xgb/10')
    estimator.stopped('unknown')
    estimator.at(1e6)
    expect(predicted(estimator, 'xgb', 10)).toBeCloseTo(10, 6)
  })

  it('believes a job that tells its progress, the more of it is done, and the group by it', () => {
    const estimator = createLearningEstimator()
    const slow = job('xgb', 10)
    estimator.started(slow, 0)
    const medians = [0.001, 0.1, 0.5, 0.99].map(fraction => {
      estimator.progressed(slow.id, fraction, fraction * 100_000)
      estimator.at(fraction * 100_000)
      const { logMean, ownSd } = estimator.distribution(slow)
      return { seconds: Math.exp(logMean), ownSd }
    })
    expect(medians[0]?.seconds).toBeLessThan(40)
    expect(medians[1]?.seconds).toBeGreaterThan(50)
    expect(medians[2]?.seconds).toBeCloseTo(100, -1)
    expect(medians[3]?.seconds).toBeCloseTo(100, 0)
    expect(medians.map(({ ownSd }) => ownSd)).toEqual(
      medians.map(({ ownSd }) => ownSd).toSorted((a, b) => b - a),
    )
    expect(predicted(estimator, 'xgb', 10)).toBeGreaterThan(40)
  })

  it('is not misled by the first to end, which are the short ones, and says how unsure it is', () => {
    const errors = { withRunning: 0, without: 0 }
    let inside = 0
    const runs = 200
    for (let run = 0; run < runs; run++) {
      const [estimator, blind] = [createLearningEstimator(), createLearningEstimator()]
      const jobs = Array.from({ length: 8 }, (_, i) => job('g', 10, { id: `${i}` }))
      const durations = jobs.map((_, i) => noisy(10, 3, 0.4, run, i)).toSorted((a, b) => a - b)
      for (const one of jobs) estimator.started(one, 0)
      for (const [i, durationS] of durations.slice(0, 2).entries()) {
        estimator.stopped(`${i}`)
        for (const each of [estimator, blind]) each.learn(job('g', 10), durationS)
        estimator.at(durationS * 1000)
      }
      const { logMean, sharedSd } = estimator.distribution(jobs[7] ?? job('g', 10))
      const off = logMean - Math.log(30)
      errors.withRunning += Math.abs(off) / runs
      errors.without += Math.abs(Math.log(predicted(blind, 'g', 10) / 30)) / runs
      if (Math.abs(off) < 1.2816 * sharedSd) inside += 1 / runs
    }
    expect(errors.withRunning).toBeLessThan(0.6 * errors.without)
    expect(inside).toBeGreaterThan(0.65)
  })
})

describe('estimates that differ', () => {
  function expecting(estimates: Readonly<Record<string, readonly number[]>>): Estimator {
    const estimator = createLearningEstimator()
    for (const [group, of] of Object.entries(estimates))
      for (const timeS of of) estimator.expect({ group, timeS })
    return estimator
  }

  it('are taken for partly wrong: groups are expected nearer to each other than they were estimated', () => {
    const estimator = expecting({ a: [20], b: [100], c: [500] })
    expect(predicted(estimator, 'a', 20)).toBeGreaterThan(25)
    expect(predicted(estimator, 'b', 100)).toBeCloseTo(100, 9)
    expect(predicted(estimator, 'c', 500)).toBeLessThan(400)
    expect(predicted(estimator, 'c', 500)).toBeGreaterThan(predicted(estimator, 'a', 20))
  })

  it('are left almost as they are where they differ by far more than anybody errs', () => {
    const estimator = expecting({ a: [1], b: [60], c: [3600], d: [200_000] })
    expect(predicted(estimator, 'a', 1)).toBeLessThan(2)
    expect(predicted(estimator, 'd', 200_000)).toBeGreaterThan(100_000)
  })

  it('within a group too: its longest is likely not quite as long', () => {
    const estimator = expecting({ a: [50, 80, 100, 120, 200] })
    expect(predicted(estimator, 'a', 200)).toBeLessThan(190)
    expect(predicted(estimator, 'a', 50)).toBeGreaterThan(52)
    expect(predicted(estimator, 'a', 200)).toBeGreaterThan(predicted(estimator, 'a', 120))
  })

  it('stop mattering when jobs have ended', () => {
    const estimator = expecting({ a: [20], b: [100], c: [500] })
    for (let i = 0; i < 200; i++)
      for (const [group, timeS] of [
        ['a', 20],
        ['b', 100],
        ['c', 500],
      ] as const)
        estimator.learn({ group, timeS: timeS * (1 + (i % 10)) }, timeS * (1 + (i % 10)))
    expect(predicted(estimator, 'c', 500)).toBeGreaterThan(470)
    expect(predicted(estimator, 'a', 20)).toBeLessThan(22)
  })
})

describe('whatever was learned', () => {
  it(`the unit of time does not matter (LONGSHORE_SEED=${seed})`, () => {
    fc.assert(
      fc.property(lessons, fc.double({ min: 0.1, max: 100, noNaN: true }), seconds, (all, scale, timeS) => {
        const [one, other] = [taught(all), taught(all, scale)]
        for (const group of ['a', 'd']) {
          const before = one.distribution(job(group, timeS))
          const after = other.distribution(job(group, timeS * scale))
          expect(after.logMean - before.logMean).toBeCloseTo(Math.log(scale), 6)
          expect(after.sharedSd).toBeCloseTo(before.sharedSd, 6)
        }
      }),
      options,
    )
  })

  it(`the order in which jobs end does not matter (LONGSHORE_SEED=${seed})`, () => {
    fc.assert(
      fc.property(lessons, seconds, (all, timeS) => {
        const ended = all.filter(({ runs }) => !runs)
        const [there, back] = [taught(ended), taught(ended.toReversed())]
        for (const group of ['a', 'd'])
          expect(predicted(back, group, timeS) / predicted(there, group, timeS)).toBeCloseTo(1, 6)
      }),
      options,
    )
  })

  it(`of two jobs of a group that with the longer estimate is expected to be longer (LONGSHORE_SEED=${seed})`, () => {
    fc.assert(
      fc.property(lessons, seconds, seconds, (all, one, other) => {
        const estimator = taught(all)
        const [short, long] = [Math.min(one, other), Math.max(one, other)]
        expect(predicted(estimator, 'a', long)).toBeGreaterThanOrEqual(
          predicted(estimator, 'a', short) * (1 - 1e-12),
        )
      }),
      options,
    )
  })

  it(`longer durations are never expected to mean shorter ones (LONGSHORE_SEED=${seed})`, () => {
    fc.assert(
      fc.property(lessons, fc.double({ min: 1, max: 100, noNaN: true }), seconds, (all, factor, timeS) => {
        const ended = all.filter(({ runs }) => !runs)
        const slower = ended.map(one => ({ ...one, durationS: one.durationS * factor }))
        for (const group of ['a', 'b', 'd'])
          expect(predicted(taught(slower), group, timeS)).toBeGreaterThanOrEqual(
            predicted(taught(ended), group, timeS) * (1 - 1e-6),
          )
      }),
      options,
    )
  })

  it(`every figure is finite and more than 0, from microseconds to decades (LONGSHORE_SEED=${seed})`, () => {
    const any = fc.oneof(fc.constantFrom(1e-6, 1, 1e9), fc.double({ min: 1e-6, max: 1e9, noNaN: true }))
    const wild = fc.array(
      fc.record({ group: fc.constantFrom('a', 'b'), timeS: any, durationS: any, runs: fc.boolean() }),
      {
        maxLength: 30,
      },
    )
    fc.assert(
      fc.property(wild, any, any, fc.double({ min: 0, max: 1, noNaN: true }), (all, timeS, elapsedS, u) => {
        const estimator = taught(all)
        estimator.progressed('r0', u, NOW)
        estimator.at(NOW + elapsedS * 1000)
        for (const one of [job('a', timeS, { id: 'r0' }), job('c', timeS), job('a', null)]) {
          const believed = estimator.distribution(one)
          const drawn = sampleS(believed, 8 * u - 4, u, elapsedS)
          const figures = [...Object.values(believed), drawn, estimator.predict(one).seconds]
          expect(figures.filter(Number.isFinite)).toHaveLength(figures.length)
          expect(estimator.predict(one).seconds).toBeGreaterThan(0)
          expect(drawn).toBeGreaterThanOrEqual(elapsedS)
        }
      }),
      options,
    )
  })
})
