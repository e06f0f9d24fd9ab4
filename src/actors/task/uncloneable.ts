import { serialize } from 'node:v8'

const DEEPEST = 20

/**
 * Names the first part of a value that structured clone refuses, for people: `result.model.fit is a function`.
 * `null` where the whole value can be cloned.
 */
export function findUncloneable(value: unknown, name: string): string | null {
  return isCloneable(value) ? null : locate(value, name, 0)
}

function locate(value: unknown, name: string, depth: number): string {
  for (const [child, childName] of depth < DEEPEST ? partsOf(value, name) : []) {
    if (!isCloneable(child)) return locate(child, childName, depth + 1)
  }
  return `${name} is ${describeKind(value)}`
}

function* partsOf(value: unknown, name: string): Iterable<readonly [unknown, string]> {
  if (typeof value !== 'object' || value === null) return
  if (value instanceof Map) {
    for (const [key, item] of value) {
      yield [key, `a key of ${name}`]
      yield [item, `${name}.get(${describeKey(key)})`]
    }
  } else if (value instanceof Set) {
    for (const item of value) yield [item, `a member of ${name}`]
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield [item, `${name}[${index}]`]
  } else {
    for (const [key, item] of Object.entries(value)) yield [item, `${name}${describeProperty(key)}`]
  }
}

function describeProperty(key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

function describeKey(key: unknown): string {
  return typeof key === 'string' ? JSON.stringify(key) : typeof key === 'symbol' ? '…' : String(key)
}

function describeKind(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'symbol') return 'a symbol'
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1)
  return kind === 'Object' ? 'an object that cannot be cloned' : `a ${kind}`
}

function isCloneable(value: unknown): boolean {
  try {
    serialize(value)
    return true
  } catch {
    return false
  }
}
