import { sanitizeJson } from '../text/sanitize.ts'

/**
 * A line of JSON with its newline, harmless on a terminal. A job's value that JSON cannot hold does not stop the
 * line: a bigint becomes a text, what is its own ancestor `"[circular]"`, and an object that throws leaves only
 * the event's type and time.
 */
export function jsonLine(event: { readonly type: string; readonly at: number }): string {
  return `${sanitizeJson(stringify(event))}\n`
}

function stringify(event: { readonly type: string; readonly at: number }): string {
  for (const replacer of [bigintAsText, circularAsText()]) {
    try {
      return JSON.stringify(event, replacer)
    } catch {}
  }
  return JSON.stringify({ type: event.type, at: event.at, unwritable: true })
}

type Replacer = (this: unknown, key: string, value: unknown) => unknown

function bigintAsText(this: unknown, _key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

/** `this` is the object that holds the key: what stands above it are the value's ancestors. */
function circularAsText(): Replacer {
  const ancestors: unknown[] = []
  return function (this: unknown, key: string, value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return bigintAsText.call(this, key, value)
    while (ancestors.length > 0 && ancestors.at(-1) !== this) ancestors.pop()
    if (ancestors.includes(value)) return '[circular]'
    ancestors.push(value)
    return value
  }
}
