import { isActorRef } from './actorRef.ts'

const DEEPEST = 6
const MOST_ENTRIES = 20
const MOST_VALUES = 500
const LONGEST_TEXT = 300

/** What stays here: what users hand to their jobs and get from them may be secret, and may be of any size. */
const PRIVATE: ReadonlySet<string> = new Set([
  'run',
  'args',
  'env',
  'cwd',
  'paths',
  'value',
  'results',
  'stack',
  'cause',
])

/**
 * A bounded copy of any value that JSON can hold: actors as their session's id, classes and functions by name, long
 * texts, lists and maps cut off, users' data left out.
 */
export function plain(value: unknown): unknown {
  return copy(value, DEEPEST, { left: MOST_VALUES })
}

function copy(value: unknown, depth: number, budget: { left: number }): unknown {
  if (typeof value === 'string')
    return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value
  if (typeof value === 'function') return `function ${value.name}`
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (isActorRef(value)) return value.sessionId
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (depth === 0 || budget.left <= 0) return '…'
  if (Array.isArray(value) || value instanceof Set) return list(value, depth - 1, budget)
  if (value instanceof Map) return table(value, value.size, depth - 1, budget)
  if (!isRecord(value)) return value.constructor.name
  const keys = Object.keys(value)
  return table(entriesOf(value, keys), keys.length, depth - 1, budget)
}

function list(
  values: readonly unknown[] | ReadonlySet<unknown>,
  depth: number,
  budget: { left: number },
): unknown[] {
  const size = 'size' in values ? values.size : values.length
  const copies: unknown[] = []
  for (const value of values) {
    if (copies.length === MOST_ENTRIES || budget.left-- <= 0) break
    copies.push(copy(value, depth, budget))
  }
  if (copies.length < size) copies.push(`… ${size - copies.length} more`)
  return copies
}

function table(
  entries: Iterable<readonly [unknown, unknown]>,
  size: number,
  depth: number,
  budget: { left: number },
): Record<string, unknown> {
  const copies: Record<string, unknown> = {}
  let taken = 0
  for (const [key, value] of entries) {
    if (taken === MOST_ENTRIES || budget.left-- <= 0) break
    taken++
    if (!PRIVATE.has(String(key))) copies[String(key)] = copy(value, depth, budget)
  }
  if (taken < size) copies['…'] = `${size - taken} more`
  return copies
}

/** One after the other, so that what is cut off is not read. */
function* entriesOf(value: Record<string, unknown>, keys: readonly string[]): Generator<[string, unknown]> {
  for (const key of keys) yield [key, value[key]]
}

function isRecord(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
