import { deserialize, serialize } from 'node:v8'

/**
 * A value as the journal keeps it: JSON as it is; what JSON cannot hold (a Map, a Float64Array) as Node's own
 * serialisation; what not even that can hold is left out.
 */
export type PackedValue = { readonly json: unknown } | { readonly v8: string } | { readonly leftOut: true }

export function packValue(value: unknown): PackedValue {
  if (isJson(value, 0)) return { json: value }
  try {
    return { v8: serialize(value).toString('base64') }
  } catch {
    return { leftOut: true }
  }
}

/**
 * The same, and equal texts for equal values: Node writes an array that it has read before in another way than one that it
 * has not, so it is read once.
 */
export function packComparable(value: unknown): PackedValue {
  const packed = packValue(value)
  return 'v8' in packed ? packValue(unpackValue(packed)) : packed
}

export function unpackValue(packed: PackedValue | undefined): unknown {
  if (packed === undefined || 'leftOut' in packed) return undefined
  return 'json' in packed ? packed.json : deserialize(Buffer.from(packed.v8, 'base64'))
}

/** Deeper than this may be a cycle. */
const DEEPEST = 100

function isJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (typeof value !== 'object' || depth > DEEPEST) return false
  if (Array.isArray(value)) return value.every(item => isJson(item, depth + 1))
  if (Object.getPrototypeOf(value) !== Object.prototype || 'toJSON' in value) return false
  return Object.values(value).every(item => isJson(item, depth + 1))
}
