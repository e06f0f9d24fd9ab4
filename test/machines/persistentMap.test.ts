import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PersistentMap } from '../../src/machines/persistentMap.ts'
import { runsOr, seed } from '../support/runs.ts'

/** With an entry more (a number), or one less (none), made from one of the versions so far. */
const change = fc.record({
  from: fc.nat(),
  key: fc.constantFrom('a', 'b', 'c', 'd'),
  value: fc.option(fc.record({ n: fc.nat(9) })),
})

describe('a persistent map', () => {
  it('stays what it was, whatever is made of it, and whichever of its versions is read when', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (changes, reads) => {
        const versions = [new PersistentMap<{ n: number }>()]
        const expected = [new Map<string, { n: number }>()]
        for (const { from, key, value } of changes) {
          const at = from % versions.length
          const before = versions[at] ?? new PersistentMap()
          const copy = new Map(expected[at])
          if (value) copy.set(key, value)
          else copy.delete(key)
          versions.push(value ? before.with(key, value) : before.without(key))
          expected.push(copy)
          const read = (reads.next().value ?? 0) % versions.length
          expect(new Map(versions[read])).toEqual(expected[read])
        }
        expect(versions.map(version => new Map(version))).toEqual(expected)
      }),
      { seed, numRuns: runsOr(300) },
    )
  })

  it('reads like any other map', () => {
    const map = new PersistentMap<{ n: number }>().with('a', { n: 1 }).with('b', { n: 2 }).without('a')
    expect([map.size, map.has('a'), map.has('b'), map.get('b')]).toEqual([1, false, true, { n: 2 }])
    expect([[...map.keys()], [...map.values()], [...map.entries()]]).toEqual([
      ['b'],
      [{ n: 2 }],
      [['b', { n: 2 }]],
    ])
    const seen: unknown[] = []
    map.forEach((value, key, of) => void seen.push([key, value, of === map]))
    expect(seen).toEqual([['b', { n: 2 }, true]])
  })
})
