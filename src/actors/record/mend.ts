import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome } from '../../job.ts'
import { lineOf } from './results.ts'

/**
 * Makes `results.jsonl` say what the journal says: a line for each outcome, in that order. A scheduler that died may
 * have left it without its last lines; jobs that are run again have lines that no longer hold. Lines that hold stay as
 * they are. Throws what the file system says where it cannot be written.
 */
export function mendResults(runDir: string, outcomes: Iterable<Outcome>): void {
  const path = join(runDir, 'results.jsonl')
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const lines = linesById(text)
  let mended = ''
  for (const outcome of outcomes) {
    const line = lines.get(outcome.id)
    mended += line?.status === outcome.status ? line.text : lineOf({ ...outcome, held: null })
  }
  if (mended === text) return
  writeFileSync(`${path}.new`, mended, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** Of several lines of a job the last counts. One that was cut off when its writer died is left out. */
function linesById(text: string): Map<string, { readonly text: string; readonly status: unknown }> {
  const lines = new Map<string, { readonly text: string; readonly status: unknown }>()
  for (const line of text.split('\n')) {
    try {
      const { id, status } = JSON.parse(line)
      lines.set(id, { text: `${line}\n`, status })
    } catch {
      // No whole line.
    }
  }
  return lines
}
