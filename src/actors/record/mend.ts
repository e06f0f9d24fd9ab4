import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome } from '../../job.ts'
import { lineOf } from './results.ts'

/**
 * Makes `results.jsonl` say what the journal says: a line for each outcome. A scheduler that died may have left it
 * without its last lines, and jobs that are run again have lines that no longer hold. Lines that hold stay as they are,
 * those that are missing come last. Throws what the file system says where it cannot be written.
 */
export function mendResults(runDir: string, outcomes: Iterable<Outcome>): void {
  const path = join(runDir, 'results.jsonl')
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const missing = new Map<string, Outcome>()
  for (const outcome of outcomes) missing.set(outcome.id, outcome)
  const holding = linesThatHold(text, missing)
  const mended = holding + [...missing.values()].map(outcome => lineOf({ ...outcome, held: null })).join('')
  if (mended === text) return
  writeFileSync(`${path}.new`, mended, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** Of each outcome the first line that tells of it; its outcome is then no longer among those that are missing. */
function linesThatHold(text: string, missing: Map<string, Outcome>): string {
  let lines = ''
  for (const line of text.split('\n')) {
    const [, id = '', status] = BEGINNING.exec(line) ?? []
    if (missing.get(id)?.status !== status || !line.endsWith('}')) continue
    missing.delete(id)
    lines += `${line}\n`
  }
  return lines
}

/** To read a hundred thousand lines as JSON would take a second: these keys come first, and texts escape quotes. */
const BEGINNING = /^\{"id":"([^"]+)","name":"(?:[^"\\]|\\.)*","group":"(?:[^"\\]|\\.)*","status":"(\w+)"/
