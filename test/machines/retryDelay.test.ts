import fc from 'fast-check'
import { expect, it } from 'vitest'
import { retryDelay } from '../../src/machines/retryDelay.ts'

it('doubles with each attempt, up to a quarter shorter or longer', () => {
  const attempt = fc.integer({ min: 1, max: 20 })
  fc.assert(
    fc.property(fc.string(), attempt, fc.double({ min: 0.001, max: 1e6, noNaN: true }), (id, n, baseS) => {
      const factor = retryDelay(id, n, baseS) / (baseS * 2 ** (n - 1))
      expect(factor).toBeGreaterThanOrEqual(0.75 - 1e-12)
      expect(factor).toBeLessThan(1.25 + 1e-12)
    }),
  )
})

it('is the same whenever it is asked', () => {
  expect([retryDelay('a', 1, 1), retryDelay('a', 2, 1)]).toEqual([
    retryDelay('a', 1, 1),
    retryDelay('a', 2, 1),
  ])
  expect(retryDelay('a', 3, 7)).toBeCloseTo(7 * retryDelay('a', 3, 1), 12)
})

it.each([1, 2, 3])('spreads 1,000 jobs evenly that have failed together, at attempt %i', attempt => {
  const tenths = Array<number>(10).fill(0)
  for (let i = 0; i < 1000; i++) {
    const share = (retryDelay(`train-${i}`, attempt, 1) / 2 ** (attempt - 1) - 0.75) / 0.5
    const tenth = Math.floor(share * 10)
    tenths[tenth] = (tenths[tenth] ?? 0) + 1
  }
  expect(tenths).toHaveLength(10)
  // 100 are expected in each; five standard deviations of a binomial are 47.
  expect(Math.min(...tenths)).toBeGreaterThan(53)
  expect(Math.max(...tenths)).toBeLessThan(147)
})

it('spreads one job’s attempts too', () => {
  const factors = [1, 2, 3, 4].map(attempt => retryDelay('a', attempt, 1) / 2 ** (attempt - 1))
  expect(new Set(factors).size).toBe(4)
})
