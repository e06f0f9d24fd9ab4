import { stripVTControlCharacters } from 'node:util'

/**
 * What could drive a terminal or fool its reader: C0 and C1 control characters, line and paragraph separators,
 * marks that reverse the direction of text, invisible tags, and the byte-order mark.
 */
const DANGEROUS = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/u
const EACH_DANGEROUS = new RegExp(DANGEROUS, 'gu')

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A text from outside (a name, a message, a path), harmless on a terminal: control characters are shown escaped. */
export function sanitize(text: string): string {
  const wellFormed = text.toWellFormed()
  return DANGEROUS.test(wellFormed) ? wellFormed.replace(EACH_DANGEROUS, escapeOne) : wellFormed
}

/** A line of a log: colours are dropped, tabs are blanks, all else as `sanitize`. */
export function sanitizeLine(line: string): string {
  return sanitize(stripVTControlCharacters(line).replaceAll('\t', '    ')).trimEnd()
}

/** JSON that is harmless on a terminal too: what JSON leaves as it is gets escaped. */
export function sanitizeJson(json: string): string {
  return DANGEROUS.test(json) ? json.replace(EACH_DANGEROUS, asJsonEscapes) : json
}

function escapeOne(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code > 0xff) return `\\u{${code.toString(16)}}`
  return SHORT[character] ?? `\\x${code.toString(16).padStart(2, '0')}`
}

function asJsonEscapes(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`
  }).join('')
}
