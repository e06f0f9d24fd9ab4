import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseCores, longestRun, withCores, withoutCores } from '../../../src/machines/placement/cores.ts'

const free = fc.uniqueArray(fc.nat(20)).map(cores => cores.sort((a, b) => a - b))

/** Length of the run of free neighbours that a core stands in, looked at from the core. */
function runAround(cores: readonly number[], core: number): number {
  let [first, last] = [core, core]
  while (cores.includes(first - 1)) first--
  while (cores.includes(last + 1)) last++
  return last - first + 1
}

describe('the choice of physical cores', () => {
  it.each([
    { free: [0, 1, 2, 3], count: 0, chosen: [] },
    { free: [0, 1, 2, 3], count: 4, chosen: [0, 1, 2, 3] },
    { free: [0, 1, 2, 3], count: 5, chosen: null },
    { free: [], count: 1, chosen: null },
    { free: [0, 1, 2, 5], count: 1, chosen: [5] },
    { free: [0, 1, 2, 5, 6, 9], count: 2, chosen: [5, 6] },
    { free: [0, 2, 4, 6], count: 2, chosen: null },
    { free: [1, 2, 4, 5], count: 2, chosen: [1, 2] },
  ])('takes $chosen for $count of $free', ({ free, count, chosen }) => {
    expect(chooseCores(free, count)).toEqual(chosen)
  })

  it('takes free neighbours out of the shortest run that is long enough, whenever there is one', () => {
    fc.assert(
      fc.property(free, fc.integer({ min: 1, max: 8 }), (cores, count) => {
        const chosen = chooseCores(cores, count)
        const enough = cores.map(core => runAround(cores, core)).filter(length => length >= count)
        expect(chosen === null).toBe(enough.length === 0)
        if (!chosen) return
        const [first = Number.NaN] = chosen
        expect(chosen).toEqual(Array.from({ length: count }, (_, i) => first + i))
        expect(chosen.every(core => cores.includes(core))).toBe(true)
        expect(runAround(cores, first)).toBe(Math.min(...enough))
      }),
    )
  })

  it('tells the longest run', () => {
    fc.assert(
      fc.property(free, cores => {
        expect(longestRun(cores)).toBe(Math.max(0, ...cores.map(core => runAround(cores, core))))
      }),
    )
  })

  it('has all cores again when those that were taken come back', () => {
    fc.assert(
      fc.property(free, fc.integer({ min: 0, max: 8 }), (cores, count) => {
        const chosen = chooseCores(cores, count) ?? []
        const left = withoutCores(cores, chosen)
        expect(left.some(core => chosen.includes(core))).toBe(false)
        expect(withCores(left, chosen)).toEqual(cores)
      }),
    )
  })
})
