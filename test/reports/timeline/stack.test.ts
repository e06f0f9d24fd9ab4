import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stack } from '../../../src/reports/timeline/stack.ts'
import { buildBar } from './timelines.ts'

const CAPACITY = 8

/** Jobs in a lane, of which never more is held than there is. */
const parts = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 50 }),
      lasts: fc.integer({ min: 1, max: 20 }),
      amount: fc.constantFrom(0.5, 1, 2, 3),
    }),
    { maxLength: 60 },
  )
  .map(drafts => {
    const kept: { startS: number; endS: number; amount: number }[] = []
    for (const { at, lasts, amount } of drafts.sort((a, b) => a.at - b.at)) {
      const held = kept.filter(({ endS }) => endS > at).reduce((sum, part) => sum + part.amount, 0)
      if (held + amount <= CAPACITY) kept.push({ startS: at, endS: at + lasts, amount })
    }
    return kept.map(({ startS, endS, amount }, i) => ({
      bar: buildBar({ id: `j${i}`, startS, endS }),
      amount,
    }))
  })

const laneOf = (of: readonly { bar: ReturnType<typeof buildBar>; amount: number }[]) =>
  ({ label: 'node', kind: 'threads', capacity: CAPACITY, smallest: 0.5, parts: of }) as const

describe('jobs in a lane', () => {
  it('stand above each other: never two in one place, each as high as what it holds, for as long as it runs', () => {
    fc.assert(
      fc.property(parts, of => {
        const boxes = stack(laneOf(of))
        for (const { bar, amount } of of) {
          const own = boxes.filter(box => box.bar === bar)
          expect(own.reduce((sum, { from, to }) => sum + to - from, 0)).toBeCloseTo(amount)
          for (const box of own) expect([box.startS, box.endS]).toEqual([bar.startS, bar.endS])
        }
        for (const [i, a] of boxes.entries())
          for (const b of boxes.slice(i + 1)) {
            const apart =
              a.endS <= b.startS || b.endS <= a.startS || a.to <= b.from + 1e-9 || b.to <= a.from + 1e-9
            expect({ a, b, apart }).toMatchObject({ apart: true })
          }
      }),
    )
  })

  it('are cut short where recorded times overlap', () => {
    const bars = [buildBar({ id: 'a', endS: 10.02 }), buildBar({ id: 'b', startS: 10, endS: 20 })]
    const boxes = stack({ ...laneOf(bars.map(bar => ({ bar, amount: CAPACITY }))) })
    expect(boxes.map(({ startS, endS }) => [startS, endS])).toEqual([
      [0, 10],
      [10, 20],
    ])
  })
})
