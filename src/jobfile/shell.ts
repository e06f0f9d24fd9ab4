import { type Found, placeholderAt } from './placeholders.ts'
import type { Combination } from './sweep.ts'

/** Where in a shell's command a character stands, as far as quoting goes. */
type Context = 'plain' | 'single' | 'double' | 'backticks'

/**
 * Puts the values of a sweep into a command for `sh -c`, each quoted for the place where it stands: bare, between
 * single or between double quotes, also within `$( )` and backticks. So a value is never read as syntax.
 */
export function fillShell(command: string, values: Combination): string {
  const contexts: Context[] = ['plain']
  let filled = ''
  let at = 0
  while (at < command.length) {
    const context = contexts.at(-1) ?? 'plain'
    const found = placeholderAt(command, at, values)
    const length = found ? found.length : lengthOfPart(command, at, context)
    if (found) filled += write(found, contexts)
    else {
      filled += command.slice(at, at + length)
      enterOrLeave(contexts, command.slice(at, at + length))
    }
    at += length
  }
  return filled
}

/** Parts that are taken in one go: an escaped character, `$(`, a comment. */
function lengthOfPart(command: string, at: number, context: Context): number {
  const char = command[at]
  if (context === 'single') return 1
  if (char === '\\') return 2
  if (char === '$' && command[at + 1] === '(') return 2
  if (context === 'plain' && char === '#' && /^[\s;&|()]?$/.test(command[at - 1] ?? ''))
    return toLineEnd(command, at)
  return 1
}

function toLineEnd(command: string, at: number): number {
  const end = command.indexOf('\n', at)
  return (end < 0 ? command.length : end) - at
}

function enterOrLeave(contexts: Context[], part: string): void {
  const context = contexts.at(-1)
  const isBare = context === 'plain' || context === 'backticks'
  if (part === ENDS[context ?? 'plain']) leave(contexts)
  else if (context === 'single') return
  else if (part === '"') contexts.push('double')
  else if (part === '`') contexts.push('backticks')
  else if (part === '$(') contexts.push('plain')
  else if (isBare && part === "'") contexts.push('single')
  else if (isBare && part === '(') contexts.push('plain')
}

/** What ends each context. */
const ENDS: Readonly<Record<Context, string>> = { plain: ')', single: "'", double: '"', backticks: '`' }

/** A `)` that nothing has opened (in a `case`) ends nothing. */
function leave(contexts: Context[]): void {
  if (contexts.length > 1) contexts.pop()
}

function write(found: Found, contexts: readonly Context[]): string {
  if (found.kind === 'literal') return found.text
  const quoted = quoteFor(contexts.at(-1) ?? 'plain', String(found.value))
  // Between backticks the shell takes one layer of backslashes away before it reads what is quoted.
  return contexts.includes('backticks') ? quoted.replace(/[\\$`]/g, '\\$&') : quoted
}

function quoteFor(context: Context, text: string): string {
  if (context === 'single') return text.replaceAll("'", `'\\''`)
  if (context === 'double') return text.replace(/[\\"$`]/g, '\\$&')
  return quote(text)
}

/** A text as one word of the shell; bare where nothing in it means anything to the shell. */
export function quote(text: string): string {
  return /^[\w@%+:,./=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
