import { describe, expect, it } from 'vitest'
import { leftOf } from '../../../src/machines/scheduler/picture.ts'

const TOLD = { at: 1000, end: { expectedS: 10, lowS: 5, highS: 20 } }

describe('an end time that was told', () => {
  it('runs down with the clock, and its interval with it', () => {
    expect(leftOf(TOLD, 1000, 99)).toEqual({ remainingS: 10, remainingIntervalS: [5, 20] })
    expect(leftOf(TOLD, 7000, 99)).toEqual({ remainingS: 4, remainingIntervalS: [0, 14] })
  })

  it('is followed by the bound on what is left: a job that is overdue does not count as 0 s', () => {
    expect(leftOf(TOLD, 12_000, 3)).toEqual({ remainingS: 3, remainingIntervalS: [0, 9] })
    expect(leftOf(TOLD, 60_000, 3)).toEqual({ remainingS: 3, remainingIntervalS: null })
  })
})
