import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Order, SortedList } from '../../../src/machines/placement/sortedList.ts'
import { runsOr, seed } from '../../support/runs.ts'

interface Value {
  readonly key: number
  readonly seq: number
}

const byKey: Order<Value> = { key: ({ key }) => key, compare: (a, b) => b.seq - a.seq }

function valuesOf(list: SortedList<Value>): (Value | undefined)[] {
  return Array.from({ length: list.size }, (_, rank) => list.at(rank))
}

/** `add` a value of a key, `remove` the one at a place of those that were added, or ask what stands at a `rank`. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, 2, 3, 5, 8, -1, 0.5).map(add => ({ add })) },
  { weight: 2, arbitrary: fc.nat(200).map(remove => ({ remove })) },
  fc.nat(200).map(rank => ({ rank })),
)

describe('a sorted list', () => {
  it('holds what a plain sorted array holds, after any additions, removals and looks', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 150 }),
        fc.integer({ min: 2, max: 9 }),
        (steps, longestBlock) => {
          const list = new SortedList(byKey, longestBlock)
          const plain: Value[] = []
          let seq = 0
          for (const each of steps) {
            if ('add' in each) {
              const value = { key: each.add, seq: seq++ }
              list.add(value)
              plain.push(value)
              plain.sort((a, b) => a.key - b.key || b.seq - a.seq)
            } else if ('remove' in each) {
              const [value] = plain.splice(plain.length > 0 ? each.remove % plain.length : 0, 1)
              if (value) {
                expect(list.remove(value)).toBe(true)
                expect(list.remove(value)).toBe(false)
                expect(list.rankOf(value)).toBe(-1)
              }
            } else expect(list.at(each.rank)).toBe(plain[each.rank])
            expect(list.size).toBe(plain.length)
          }
          expect(valuesOf(list)).toEqual(plain)
          expect(plain.map(value => list.rankOf(value))).toEqual(plain.map((_, rank) => rank))
        },
      ),
      { seed, numRuns: runsOr(500) },
    )
  })

  it('is empty when all has been taken out, in whatever order, and can be filled again', () => {
    for (const order of [(i: number) => i, (i: number) => 999 - i, (i: number) => (i * 387) % 1000]) {
      const list = new SortedList(byKey, 8)
      const values = Array.from({ length: 1000 }, (_, seq) => ({ key: seq % 7, seq }))
      for (const value of values) list.add(value)
      for (let i = 0; i < 1000; i++) expect(list.remove(values[order(i)] ?? { key: 0, seq: -1 })).toBe(true)
      expect(list.size).toBe(0)
      expect(list.at(0)).toBeUndefined()
      list.add({ key: 1, seq: 1 })
      expect(valuesOf(list)).toEqual([{ key: 1, seq: 1 }])
    }
  })

  it('has nothing at a rank that it has not', () => {
    const list = new SortedList(byKey)
    list.add({ key: 1, seq: 0 })
    for (const rank of [-1, 1, 0.5, Number.NaN]) expect(list.at(rank)).toBeUndefined()
  })
})
