import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFactorEstimator, GUESS_S } from '../../src/machines/estimate.ts'

const seconds = fc.double({ min: 0.01, max: 1e6, noNaN: true })

describe('the estimator of time factors', () => {
  test('before anything has ended it takes the estimate as it is, and 60 s as a guess without one', () => {
    const estimator = createFactorEstimator()
    expect(estimator.predict({ group: 'xgb', timeS: 30 })).toEqual({ seconds: 30, guess: false })
    expect(estimator.predict({ group: 'xgb', timeS: null })).toEqual({ seconds: GUESS_S, guess: true })
    expect(estimator.factor('xgb')).toBe(1)
    expect(estimator.groups()).toEqual([])
  })

  test('a factor is the sum of durations over the sum of estimates, of its own group only', () => {
    const estimator = createFactorEstimator()
    estimator.learn('xgb', 10, 30)
    estimator.learn('xgb', 90, 170)
    estimator.learn('knn', 10, 5)
    expect(estimator.factor('xgb')).toBe(2)
    expect(estimator.predict({ group: 'xgb', timeS: 7 })).toEqual({ seconds: 14, guess: false })
    expect(estimator.predict({ group: 'knn', timeS: 7 })).toEqual({ seconds: 3.5, guess: false })
    expect(estimator.predict({ group: 'mlp', timeS: 7 })).toEqual({ seconds: 7, guess: false })
  })

  test('a job without an estimate takes the mean of those of its group that had none', () => {
    const estimator = createFactorEstimator()
    estimator.learn('xgb', 10, 1000)
    expect(estimator.predict({ group: 'xgb', timeS: null })).toEqual({ seconds: 1000, guess: false })
    estimator.learn('xgb', null, 4)
    estimator.learn('xgb', null, 8)
    expect(estimator.predict({ group: 'xgb', timeS: null })).toEqual({ seconds: 6, guess: false })
    expect(estimator.factor('xgb')).toBe(100)
    expect(estimator.groups()).toEqual([
      { group: 'xgb', factor: 100, jobs: 1, unestimatedJobs: 2, meanS: 1012 / 3, learnedS: 1012 },
    ])
  })

  test('durations of 0 s never lead to a prediction of 0 s', () => {
    const estimator = createFactorEstimator()
    estimator.learn('noop', 60, 0)
    estimator.learn('noop', null, 0)
    expect(estimator.predict({ group: 'noop', timeS: 60 }).seconds).toBeGreaterThan(0)
    expect(estimator.predict({ group: 'noop', timeS: null }).seconds).toBeGreaterThan(0)
  })

  test('a duration that is no time at all teaches nothing', () => {
    const estimator = createFactorEstimator()
    for (const durationS of [Number.NaN, -1, Number.POSITIVE_INFINITY]) estimator.learn('xgb', 10, durationS)
    expect(estimator.groups()).toEqual([])
  })

  test('the factor lies between the smallest and the largest ratio that were seen, in whatever order', () => {
    const jobs = fc.array(fc.tuple(seconds, seconds), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(jobs, seen => {
        const [there, back] = [createFactorEstimator(), createFactorEstimator()]
        for (const [estimate, duration] of seen) there.learn('g', estimate, duration)
        for (const [estimate, duration] of seen.toReversed()) back.learn('g', estimate, duration)
        const ratios = seen.map(([estimate, duration]) => duration / estimate)
        expect(there.factor('g')).toBeGreaterThanOrEqual(Math.min(...ratios) * (1 - 1e-9))
        expect(there.factor('g')).toBeLessThanOrEqual(Math.max(...ratios) * (1 + 1e-9))
        expect(back.factor('g') / there.factor('g')).toBeCloseTo(1, 9)
      }),
    )
  })
})
