import { show } from '../schema/show.ts'
import { parseRange } from './range.ts'

export type SweepValue = string | number | boolean

/** One value for each key of a sweep. */
export type Combination = ReadonlyMap<string, SweepValue>

/** The values of each key, in the order in which they were given. */
export type Sweep = ReadonlyMap<string, readonly SweepValue[]>

export type SweepResult =
  | { readonly ok: true; readonly sweep: Sweep }
  | {
      readonly ok: false
      readonly faults: readonly { readonly key: string | null; readonly message: string }[]
    }

/** Names that can stand between braces. */
const KEY = /^[A-Za-z_][A-Za-z0-9_.-]*$/
const MOST_COMBINATIONS = 10_000_000

/** Reads the `sweep` of a job file: for each key a list, a range such as `1..5`, or one value. */
export function parseSweep(raw: unknown): SweepResult {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return {
      ok: false,
      faults: [{ key: null, message: `expected sweep to be names with values, got ${show(raw)}` }],
    }
  }
  const sweep = new Map<string, SweepValue[]>()
  const faults: { key: string | null; message: string }[] = []
  for (const [key, given] of Object.entries(raw)) {
    const values = valuesOf(key, given)
    if (typeof values === 'string') faults.push({ key, message: values })
    else sweep.set(key, values)
  }
  const count = countCombinations(sweep)
  if (count > MOST_COMBINATIONS) {
    faults.push({
      key: null,
      message: `expected at most ${MOST_COMBINATIONS} combinations, the sweep has ${count}`,
    })
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, sweep }
}

/** The values of a `--sweep KEY=VALUES`: a list with commas, whose parts may be ranges. */
export function parseSweepOption(values: string): SweepValue[] {
  return values.split(',').map(part => {
    const number = Number(part)
    return part !== '' && String(number) === part ? number : part
  })
}

/** Values of one key, or what is wrong with them. */
function valuesOf(key: string, given: unknown): SweepValue[] | string {
  if (!KEY.test(key)) return `expected a name of letters, digits, "_", "." and "-" in sweep, got "${key}"`
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (list.length === 0) return `expected sweep.${key} to have at least one value, got [] (list)`
  const values: SweepValue[] = []
  for (const value of list) {
    const range = typeof value === 'string' ? parseRange(value) : null
    if (range && !range.ok) return `sweep.${key}: ${range.message}`
    if (!range && !isSweepValue(value)) {
      return `expected sweep.${key} to be a list of texts and numbers, or a range such as 1..5, got ${show(value)} in it`
    }
    for (const each of range ? range.values : [value as SweepValue]) values.push(each)
  }
  return values
}

function isSweepValue(value: unknown): value is SweepValue {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

export function countCombinations(sweep: Sweep): number {
  return [...sweep.values()].reduce((count, values) => count * values.length, 1)
}

/** Every combination of the values; the last key changes fastest. A sweep without keys has one, the empty one. */
export function* combinations(sweep: Sweep): Generator<Combination> {
  const keys = [...sweep.keys()]
  const values = [...sweep.values()]
  const count = countCombinations(sweep)
  for (let number = 0; number < count; number++) yield combinationOf(keys, values, number)
}

/** The combinations are numbered like a counter whose every digit has a base of its own. */
function combinationOf(keys: readonly string[], values: readonly (readonly SweepValue[])[], number: number) {
  const chosen: [string, SweepValue][] = []
  let left = number
  for (let digit = keys.length - 1; digit >= 0; digit--) {
    const choices = values[digit] ?? []
    chosen.unshift([keys[digit] ?? '', choices[left % choices.length] ?? ''])
    left = Math.floor(left / choices.length)
  }
  return new Map(chosen)
}
