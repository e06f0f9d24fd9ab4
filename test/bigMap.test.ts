import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BigMap } from '../src/bigMap.ts'
import { runsOr, seed } from './support/runs.ts'

const key = fc.oneof(fc.constantFrom('', 'a', 'b', 'ab', 'ba', '__proto__', 'é'), fc.string({ maxLength: 3 }))
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ set: key, to: fc.nat(9) }) },
  fc.record({ delete: key }),
)

describe('a big map', () => {
  it('holds what a plain map holds, after any steps', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const big = new BigMap<number>()
        const plain = new Map<string, number>()
        const keys = new Set<string>(['never set'])
        for (const each of steps) {
          if ('set' in each) {
            keys.add(each.set)
            big.set(each.set, each.to)
            plain.set(each.set, each.to)
          } else expect(big.delete(each.delete)).toBe(plain.delete(each.delete))
          expect(big.size).toBe(plain.size)
        }
        for (const each of keys) {
          expect(big.get(each)).toBe(plain.get(each))
          expect(big.has(each)).toBe(plain.has(each))
        }
      }),
      { seed, numRuns: runsOr(200) },
    )
  })
})
