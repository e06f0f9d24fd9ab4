import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatCpuList, parseCpuList } from '../../src/probe/cpuList.ts'

const cpuSets = fc.uniqueArray(fc.nat(40)).map(cpus => cpus.sort((a, b) => a - b))

describe('lists of CPUs', () => {
  it('reads what the kernel writes', () => {
    expect(parseCpuList('0-3,8,10-11\n')).toEqual([0, 1, 2, 3, 8, 10, 11])
    expect(parseCpuList('5')).toEqual([5])
  })

  it('finds nothing in an empty list and in what is no list', () => {
    expect(parseCpuList('\n')).toEqual([])
    expect(parseCpuList('(null)')).toEqual([])
    expect(parseCpuList('7-4')).toEqual([])
  })

  it('reads back every list that it writes', () => {
    fc.assert(
      fc.property(cpuSets, cpus => {
        expect(parseCpuList(formatCpuList(cpus))).toEqual(cpus)
      }),
    )
  })

  it('writes the fewest ranges: no two of them touch', () => {
    fc.assert(
      fc.property(cpuSets, cpus => {
        const ends = formatCpuList(cpus)
          .split(',')
          .map(range => range.split('-').map(Number))
        for (const [i, range] of ends.entries())
          expect(range[0] ?? 0).toBeGreaterThan((ends[i - 1]?.at(-1) ?? -2) + 1)
      }),
    )
  })

  it('is sorted and without doubles however the ranges lie', () => {
    const range = fc.tuple(fc.nat(50), fc.nat(5)).map(([first, more]) => `${first}-${first + more}`)
    fc.assert(
      fc.property(fc.array(range, { minLength: 1 }), ranges => {
        const cpus = parseCpuList(ranges.join(','))
        expect(cpus).toEqual([...new Set(cpus)].sort((a, b) => a - b))
        for (const part of ranges) expect(cpus).toEqual(expect.arrayContaining(parseCpuList(part)))
      }),
    )
  })
})
