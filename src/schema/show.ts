const LONGEST = 60

/** A value as it stands in a message after "got": `-1 (number)`, `"four" (text)`, `nothing`. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (typeof value === 'string') return `${quote(value)} (text)`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `${quote(value)} (list)`
  if (typeof value === 'object') return `${quote(value)} (object)`
  return `${String(value)} (${typeof value})`
}

function quote(value: object | string): string {
  const json = asJson(value)
  return json.length <= LONGEST ? json : `${json.slice(0, LONGEST)}…`
}

/** A text that is far too long is cut before it is quoted. */
function asJson(value: object | string): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 2 * LONGEST))
  try {
    return JSON.stringify(value)
  } catch {
    return '…'
  }
}
