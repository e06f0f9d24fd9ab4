import { describe, expect, it } from 'vitest'
import {
  meanS,
  medianS,
  quantileS,
  sampleS,
  withProgress,
} from '../../../src/machines/estimate/distribution.ts'
import { normalAbove, normalQuantile, upperTail } from '../../../src/machines/normal.ts'

const JOB = { logMean: Math.log(100), sharedSd: 0.3, ownSd: 0.4 }
const SHARES = Array.from({ length: 1999 }, (_, i) => (i + 1) / 2000)

describe('what is believed of a duration', () => {
  it('has half of its draws on each side of the median, and more than that below the mean', () => {
    expect(medianS(JOB)).toBeCloseTo(100, 9)
    expect(quantileS(JOB, 0.5)).toBeCloseTo(100, 6)
    expect(meanS(JOB)).toBeCloseTo(100 * Math.exp(0.125), 6)
    const mean = SHARES.reduce((sum, u) => sum + quantileS(JOB, u), 0) / SHARES.length
    expect(mean / meanS(JOB)).toBeCloseTo(1, 2)
  })

  it('draws jobs of a group late together, and each by itself', () => {
    expect(sampleS(JOB, 1, 0.5)).toBeCloseTo(100 * Math.exp(0.3), 6)
    expect(sampleS(JOB, 0, upperTail(-1))).toBeCloseTo(100 * Math.exp(0.4), 5)
  })

  it.for([1, 50, 100, 150, 400, 1e5])(
    'of a job that has run for %d s draws what is left of the curve',
    elapsedS => {
      const draws = SHARES.map(u => quantileS(JOB, u, elapsedS))
      expect(Math.min(...draws)).toBeGreaterThanOrEqual(elapsedS)
      expect(draws).toEqual(draws.toSorted((a, b) => a - b))
      const z = (seconds: number) => Math.log(seconds / 100) / 0.5
      for (const u of [0.1, 0.5, 0.9]) {
        const at = z(quantileS(JOB, u, elapsedS))
        if (at < 8) expect(upperTail(at) / upperTail(z(elapsedS))).toBeCloseTo(1 - u, at < 5 ? 6 : 1)
      }
    },
  )

  it('is believed to end as the job itself tells, once much of it is done', () => {
    expect(withProgress(JOB, 0, 10)).toEqual(JOB)
    expect(withProgress(JOB, 0.5, 0)).toEqual(JOB)
    expect(medianS(withProgress(JOB, 0.5, 300))).toBeCloseTo(600, -2)
    expect(medianS(withProgress(JOB, 0.01, 3))).toBeLessThan(250)
    expect(withProgress(JOB, 1, 300).ownSd).toBeLessThan(0.03)
  })
})

describe('the normal distribution', () => {
  it('is turned round: the quantile of each share has that share below it', () => {
    for (const u of [1e-300, 1e-12, 0.001, 0.1, 0.4999, 0.5, 0.7, 0.999, 1 - 1e-12])
      expect(upperTail(-normalQuantile(u)) / u).toBeCloseTo(1, u < 1e-100 ? 1 : 6)
  })

  it('has its draws above a bound where they belong, also far out', () => {
    for (const least of [-20, -3, 0, 3, 4.99, 5.01, 10]) {
      const middle = normalAbove(least, 0.5)
      expect(middle).toBeGreaterThanOrEqual(least)
      expect(upperTail(middle) / upperTail(least)).toBeCloseTo(0.5, least > 5 ? 1 : 6)
    }
    expect(normalAbove(1e6, 0.9)).toBeGreaterThan(1e6)
  })
})
