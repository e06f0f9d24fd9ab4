import { describe, expect, it } from 'vitest'
import { budgetS, SHARE_OF_CPU } from '../../../src/machines/search/budget.ts'

const MEANS = { threads: 32, busy: true, restS: 3600, searches: 16 }

describe('the budget of a search', () => {
  it('keeps all searches of a run within their share of the machine', () => {
    const means = { ...MEANS, threads: 2, restS: 100 }
    expect(16 * budgetS(means)).toBeCloseTo(SHARE_OF_CPU * 2 * 100)
  })

  it('is nothing where all threads are busy and the rest of the run is shorter than what could be saved', () => {
    expect(budgetS({ ...MEANS, restS: 0.4, threads: 1000 })).toBe(0)
    expect(budgetS({ ...MEANS, restS: 0.4, threads: 1000, busy: false })).toBeGreaterThan(0)
  })

  it('is never more than a search can make use of', () => {
    expect(budgetS({ ...MEANS, restS: 1e9 })).toBe(budgetS({ ...MEANS, restS: 1e6 }))
  })

  it('is nothing at the end of a run', () => {
    expect(budgetS({ ...MEANS, restS: 0 })).toBe(0)
  })
})
