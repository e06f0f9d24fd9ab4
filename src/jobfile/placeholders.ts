import { suggestSlip } from '../schema/suggest.ts'
import type { Combination, SweepValue } from './sweep.ts'

/**
 * `{name}`, and `{{name}}` for a literal `{name}`. Not `${name}`: that is a variable of the shell.
 */
const PLACEHOLDER = /\{\{([A-Za-z_][\w.-]*)\}\}|(?<!\$)\{([A-Za-z_][\w.-]*)\}/y

/** A placeholder at a place of a text: what to put there, and how long it is. */
export type Found =
  | { readonly kind: 'value'; readonly value: SweepValue; readonly length: number }
  | { readonly kind: 'literal'; readonly text: string; readonly length: number }

/** The placeholder that begins at `at`; `null` for none that the sweep knows. */
export function placeholderAt(text: string, at: number, values: Combination): Found | null {
  if (text[at] !== '{') return null
  PLACEHOLDER.lastIndex = at
  const match = PLACEHOLDER.exec(text)
  if (!match) return null
  const [whole, doubled, name] = match
  if (doubled !== undefined) {
    return values.has(doubled) ? { kind: 'literal', text: `{${doubled}}`, length: whole.length } : null
  }
  const value = values.get(name ?? '')
  return value === undefined ? null : { kind: 'value', value, length: whole.length }
}

/** Puts the values of a sweep into a text. */
export function fillText(text: string, values: Combination): string {
  let filled = ''
  let at = 0
  while (at < text.length) {
    const brace = text.indexOf('{', at)
    if (brace < 0) break
    const found = placeholderAt(text, brace, values)
    filled += text.slice(at, brace) + (found ? textOf(found) : text[brace])
    at = brace + (found?.length ?? 1)
  }
  return filled + text.slice(at)
}

function textOf(found: Found): string {
  return found.kind === 'literal' ? found.text : String(found.value)
}

/** The value where a text is nothing but one placeholder: a number stays a number. Else the text, filled in. */
export function fillValue(text: string, values: Combination): SweepValue {
  const found = placeholderAt(text, 0, values)
  return found?.kind === 'value' && found.length === text.length ? found.value : fillText(text, values)
}

/** What is most likely a slip: a placeholder that the sweep does not know, but one that is nearly the same. */
export function misspelt(text: string, keys: readonly string[]): string | null {
  for (const [, name = ''] of text.matchAll(/(?<![${])\{([A-Za-z_][\w.-]*)\}(?!\})/g)) {
    if (keys.includes(name)) continue
    const near = suggestSlip(name, keys)
    if (near !== null) return `unknown "{${name}}": did you mean "{${near}}"?`
  }
  return null
}
