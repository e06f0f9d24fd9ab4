import type { JobFailure } from '../../job.ts'
import { sanitizeLine } from '../text/sanitize.ts'

const MOST_PLACES = 3
const MOST_CAUSES = 3
/** Where Longshore itself stands: a user looks for places in code of their own. */
const OWN_CODE = new URL('../../', import.meta.url).href

/** Where an error was thrown, the innermost first, and what it says of its causes; nothing of other failures. */
export function thrownLines(failure: JobFailure | undefined): string[] {
  if (failure?.stack === undefined) return []
  return [...placesIn(failure.stack), ...causesOf(failure).map(cause => `caused by ${cause}`)]
}

/** What was thrown, in a line: `TypeError: x is not a function`. An `Error` has no better name than its message. */
export function messageOf({ reason, name, message }: JobFailure): string {
  const says = reason !== 'error' || name === undefined || name === 'Error' || message.startsWith(name)
  return says ? message : `${name}: ${message}`
}

/** From the first place of Longshore on, all that follows is what has called it. */
function placesIn(stack: string): string[] {
  const lines = stack.split('\n').filter(line => /^\s+at /.test(line))
  const caller = lines.findIndex(line => line.includes(OWN_CODE))
  const users = (caller < 0 ? lines : lines.slice(0, caller)).filter(line => !line.includes('node:'))
  return users.slice(0, MOST_PLACES).map(line => sanitizeLine(line.trim().replace('file://', '')))
}

function causesOf({ cause }: JobFailure, depth = 0): string[] {
  if (typeof cause === 'string') return [sanitizeLine(cause.split('\n', 1)[0] ?? '')]
  if (depth >= MOST_CAUSES || !isFailure(cause)) return []
  return [sanitizeLine(messageOf(cause).split('\n', 1)[0] ?? ''), ...causesOf(cause, depth + 1)]
}

function isFailure(cause: unknown): cause is JobFailure {
  return typeof cause === 'object' && cause !== null && 'reason' in cause && 'message' in cause
}
