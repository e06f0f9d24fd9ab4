import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome } from '../../job.ts'
import { lineOf } from './results.ts'

/**
 * Makes `results.jsonl` say what the journal says: a line for each outcome. A scheduler that died may have left it
 * without its last lines, and jobs that are run again have lines that no longer hold. Lines that hold stay as they are, and
 * those of jobs that the journal does not know (it may have been damaged); those that are missing come last. Throws what the file system says where it cannot be written.
 */
export function mendResults(
  runDir: string,
  outcomes: Iterable<Outcome>,
  isKnown: (id: string) => boolean,
): void {
  const path = join(runDir, 'results.jsonl')
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const missing = new Map<string, Outcome>()
  for (const outcome of outcomes) missing.set(outcome.id, outcome)
  const holding = linesThatHold(text, missing, isKnown)
  const mended = holding + [...missing.values()].map(outcome => lineOf({ ...outcome, held: null })).join('')
  if (mended === text) return
  writeFileSync(`${path}.new`, mended, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/**
 * Of each outcome the first line that tells of it; its outcome is then no longer among those that are missing. Lines that
 * hold and follow each other are taken as one piece: mostly all of them are.
 */
function linesThatHold(
  text: string,
  missing: Map<string, Outcome>,
  isKnown: (id: string) => boolean,
): string {
  let lines = ''
  let from = 0
  for (let at = 0, end = text.indexOf('\n'); end >= 0; at = end + 1, end = text.indexOf('\n', at)) {
    const id = idIn(text, at)
    const status = missing.get(id)?.status
    if (status !== undefined && tellsOf(text, at, end, status)) missing.delete(id)
    else if (isKnown(id) || id === '' || text[end - 1] !== '}') {
      lines += text.slice(from, at)
      from = end + 1
    }
  }
  return lines + text.slice(from, text.lastIndexOf('\n') + 1)
}

/**
 * To read a hundred thousand lines as JSON would take a second. Ids need no escapes and come first; the status comes
 * before all objects and lists; and within a text its key would have other quotes, since they are escaped there.
 */
const ID = '{"id":"'
const STATUS = '"status":"'

/** The id that a line begins with; empty for none. */
function idIn(text: string, at: number): string {
  const from = at + ID.length
  return text.startsWith(ID, at) ? text.slice(from, text.indexOf('"', from)) : ''
}

function tellsOf(text: string, at: number, end: number, status: string): boolean {
  const found = text.indexOf(STATUS, at)
  return found < end && text.startsWith(`${status}"`, found + STATUS.length) && text[end - 1] === '}'
}
