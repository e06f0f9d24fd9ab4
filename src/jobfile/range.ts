/** Values of a range, or why it is none. */
export type RangeResult =
  | { readonly ok: true; readonly values: readonly (number | string)[] }
  | { readonly ok: false; readonly message: string }

const NUMBER = String.raw`[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?`
const RANGE = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})(?:\\.\\.(${NUMBER}))?$`)
const RANGE_LIKE = /^[\d.eE+-]*\d\.\.+[\d.eE+-]*$|^\.\.+[\d.eE+-]*\d$/
const MOST_VALUES = 1_000_000

/**
 * Values of `1..5`, `5..1`, `0.1..0.5..0.1` (start, end, step; both ends count); `null` for a text that is no range.
 * Counted in decimals, not in binary fractions: `0.1..0.5..0.1` holds 0.3, not 0.30000000000000004. A start with
 * leading zeros keeps them: `01..10` is the texts `01`, `02`, … `10`.
 */
export function parseRange(text: string): RangeResult | null {
  const match = RANGE.exec(text.trim())
  if (!match) {
    return RANGE_LIKE.test(text.trim())
      ? fault(`expected a range like 1..5 or 0.1..0.5..0.1, got "${text}"`)
      : null
  }
  const [start = '', end = '', step] = match.slice(1)
  return valuesOf(text, start, end, step)
}

function valuesOf(
  text: string,
  startText: string,
  endText: string,
  stepText: string | undefined,
): RangeResult {
  if ([startText, endText, stepText ?? '1'].some(isHuge))
    return fault(`expected a range of numbers with an exponent up to 300, got "${text}"`)
  const places = Math.max(...[startText, endText, stepText ?? '1'].map(decimalPlaces))
  if (places > 300) return fault(`expected a range with fewer decimals, got "${text}"`)
  const start = scaled(startText, places)
  const end = scaled(endText, places)
  const step = stepText === undefined ? scaled(end < start ? '-1' : '1', places) : scaled(stepText, places)
  if (step === 0n) return fault(`expected a step other than 0 in the range "${text}"`)
  if (end !== start && end > start !== step > 0n) {
    return fault(
      `expected a step that leads from ${startText} to ${endText}, got ${stepText} in the range "${text}"`,
    )
  }
  const count = Number((end - start) / step) + 1
  if (count > MOST_VALUES)
    return fault(`expected a range of at most ${MOST_VALUES} values, "${text}" has ${count}`)
  const write = writer(startText, places)
  return { ok: true, values: Array.from({ length: count }, (_, i) => write(start + step * BigInt(i))) }
}

/** Counted exactly, such a number would have too many digits. */
function isHuge(text: string): boolean {
  return text.length > 300 || Math.abs(Number(text.toLowerCase().split('e')[1] ?? 0)) > 300
}

/** Digits after the point that a number needs; fewer than none for `1e3`. */
function decimalPlaces(text: string): number {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  return Math.max(0, (mantissa.split('.')[1]?.length ?? 0) - Number(exponent))
}

/** A number times ten to the `places`, exactly. */
function scaled(text: string, places: number): bigint {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = BigInt(`${whole.replace('+', '')}${fraction}`)
  return digits * 10n ** BigInt(Math.max(0, places + Number(exponent) - fraction.length))
}

function writer(startText: string, places: number): (value: bigint) => number | string {
  if (/^0\d+$/.test(startText)) return value => String(value).padStart(startText.length, '0')
  return value => Number(`${value}e-${places}`)
}

function fault(message: string): RangeResult {
  return { ok: false, message }
}
