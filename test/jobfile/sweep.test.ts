import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRange } from '../../src/jobfile/range.ts'
import { combinations, countCombinations, parseSweep, parseSweepOption } from '../../src/jobfile/sweep.ts'

function range(text: string): readonly (number | string)[] {
  const result = parseRange(text)
  if (!result?.ok) throw new Error(result?.message ?? `${text} is no range`)
  return result.values
}

function sweep(raw: unknown) {
  const result = parseSweep(raw)
  if (!result.ok) throw new Error(result.faults.map(({ message }) => message).join())
  return result.sweep
}

describe('a range', () => {
  test.for([
    ['1..5', [1, 2, 3, 4, 5]],
    ['5..1', [5, 4, 3, 2, 1]],
    ['1..1', [1]],
    ['-2..2', [-2, -1, 0, 1, 2]],
    ['0.1..0.5..0.1', [0.1, 0.2, 0.3, 0.4, 0.5]],
    ['1..0..-0.25', [1, 0.75, 0.5, 0.25, 0]],
    ['1..10..4', [1, 5, 9]],
    ['1e-4..3e-4..1e-4', [0.0001, 0.0002, 0.0003]],
    ['1e3..3e3..1e3', [1000, 2000, 3000]],
    ['0..1..0.3', [0, 0.3, 0.6, 0.9]],
    ['08..11', ['08', '09', '10', '11']],
    ['0..3', [0, 1, 2, 3]],
  ] as const)('%s', ([text, values]) => {
    expect(range(text)).toEqual(values)
  })

  test.for(['xgb', '', '1', 'a..b', '..', 'v1..v5', '1.5', '../data'])('"%s" is none', text => {
    expect(parseRange(text)).toBeNull()
  })

  test('holds every decimal as it would be written, without binary dust', () => {
    const decimals = fc.record({
      start: fc.integer({ min: -1000, max: 1000 }),
      step: fc.integer({ min: 1, max: 50 }),
      count: fc.integer({ min: 1, max: 40 }),
      places: fc.integer({ min: 1, max: 6 }),
    })
    fc.assert(
      fc.property(decimals, ({ start, step, count, places }) => {
        const write = (n: number) => (n / 10 ** places).toFixed(places)
        const end = start + step * (count - 1)
        const expected = Array.from({ length: count }, (_, i) => Number(write(start + i * step)))
        expect(range(`${write(start)}..${write(end)}..${write(step)}`)).toEqual(expected)
      }),
    )
  })
})

const value = fc.oneof(
  fc.integer(),
  fc.string({ minLength: 1 }).filter(text => !text.includes('..')),
)
const sweeps = fc.dictionary(
  fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/),
  fc.uniqueArray(value, { minLength: 1, maxLength: 4 }),
  {
    maxKeys: 4,
  },
)

describe('a sweep', () => {
  test('has every combination once, the last key changing fastest', () => {
    fc.assert(
      fc.property(sweeps, raw => {
        const parsed = sweep(raw)
        const all = [...combinations(parsed)].map(combination => JSON.stringify([...combination]))
        const nested = Object.entries(raw).reduce<[string, unknown][][]>(
          (before, [key, values]) =>
            before.flatMap(pairs => values.map((v): [string, unknown][] => [...pairs, [key, v]])),
          [[]],
        )
        expect(all).toEqual(nested.map(pairs => JSON.stringify(pairs)))
        expect(countCombinations(parsed)).toBe(all.length)
      }),
    )
  })

  test('takes ranges among the values of a list, and one value for a list', () => {
    expect(sweep({ seed: [1, '3..5', 'x'], model: 'xgb', flag: true })).toEqual(
      new Map<string, unknown[]>([
        ['seed', [1, 3, 4, 5, 'x']],
        ['model', ['xgb']],
        ['flag', [true]],
      ]),
    )
  })

  test('of the command line has numbers where a text is written as one', () => {
    expect(parseSweepOption('1,01,0.50,1e3,xgb,-2,')).toEqual([1, '01', '0.50', '1e3', 'xgb', -2, ''])
    expect(parseSweepOption('1..3')).toEqual(['1..3'])
  })
})
