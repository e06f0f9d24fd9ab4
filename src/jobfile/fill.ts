import type { Path } from '../schema/faults.ts'
import { fillText, fillValue, misspelt } from './placeholders.ts'
import { fillShell } from './shell.ts'
import type { Combination } from './sweep.ts'

/** Keys that hold text: there a number that is filled in becomes text. Elsewhere a lone `{name}` keeps its type. */
const TEXT_KEYS: ReadonlySet<string> = new Set(['id', 'name', 'group', 'task', 'cwd', 'env'])

/** A job with the values of a combination in place of `{name}`, everywhere. What is no object is left as it is. */
export function fillJob(raw: unknown, values: Combination): unknown {
  if (!isObject(raw)) return raw
  return mapEntries(raw, (key, value) => fillKey(key, value, values))
}

function fillKey(key: string, value: unknown, values: Combination): unknown {
  if (key === 'command')
    return typeof value === 'string' ? fillShell(value, values) : deepFill(value, fillText, values)
  return deepFill(value, TEXT_KEYS.has(key) ? fillText : fillValue, values)
}

type Fill = (text: string, values: Combination) => unknown

function deepFill(value: unknown, fill: Fill, values: Combination): unknown {
  if (typeof value === 'string') return fill(value, values)
  if (Array.isArray(value)) return value.map(item => deepFill(item, fill, values))
  if (isObject(value)) return mapEntries(value, (_, item) => deepFill(item, fill, values))
  return value
}

/** Placeholders of a job that are most likely misspelt, and where they stand. */
export function misspeltPlaceholders(
  raw: unknown,
  keys: readonly string[],
  path: Path = [],
): { readonly path: Path; readonly message: string }[] {
  if (typeof raw === 'string') {
    const message = misspelt(raw, keys)
    return message === null ? [] : [{ path, message }]
  }
  if (Array.isArray(raw))
    return raw.flatMap((item, index) => misspeltPlaceholders(item, keys, [...path, index]))
  if (!isObject(raw)) return []
  const bare = barePlaceholder(raw, keys)
  if (bare !== null) return [{ path, message: withoutQuotes(bare) }]
  return Object.entries(raw).flatMap(([key, item]) => misspeltPlaceholders(item, keys, [...path, key]))
}

/** In YAML `{seed}` without quotes is no text, but an object: `{ seed: null }`. A task would be handed that. */
function barePlaceholder(object: Readonly<Record<string, unknown>>, keys: readonly string[]): string | null {
  const [[key, value] = [], ...others] = Object.entries(object)
  return key !== undefined && value === null && others.length === 0 && keys.includes(key) ? key : null
}

function withoutQuotes(key: string): string {
  return `expected "{${key}}" in quotes, got {${key}}: without them YAML reads an object, { ${key}: null }`
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function mapEntries(
  object: Readonly<Record<string, unknown>>,
  map: (key: string, value: unknown) => unknown,
) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(key, value)]))
}
