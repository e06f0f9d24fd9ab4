import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { JournalError } from '../../errors.ts'
import { openToRead } from '../sqlite.ts'
import { isHeld } from './lock.ts'
import { type JournaledJob, journaledJob, type Row } from './read.ts'
import { refuseNewer, schemaVersion } from './schema.ts'
import { troubleOf } from './trouble.ts'

/** A job as the journal of a run has it, and whether somebody runs it. */
export interface FoundJob extends JournaledJob {
  /** When the present attempt was placed, ms since the epoch; `null` for one that has no place. */
  readonly placedAt: number | null
  /** Whether a scheduler has this run now. */
  readonly isRunning: boolean
}

/**
 * Looks for a job in the journal of a run, also while it is being run; for one that is not there, the ids that are.
 * Throws a `JournalError` where the journal cannot be read.
 */
export function findJob(runDir: string, id: string): FoundJob | { readonly ids: readonly string[] } {
  const path = join(runDir, 'journal.sqlite')
  let db: DatabaseSync | null = null
  try {
    db = openToRead(path)
    refuseNewer(db, path)
    return lookFor(db, id, runDir) ?? { ids: idsIn(db) }
  } catch (error) {
    throw error instanceof JournalError
      ? error
      : new JournalError(path, troubleOf(error, path), { cause: error })
  } finally {
    db?.close()
  }
}

/** The ids of the jobs of this name in the journal of a run, in the order in which they were added. */
export function idsNamed(runDir: string, name: string): string[] {
  const path = join(runDir, 'journal.sqlite')
  const db = openToRead(path)
  try {
    refuseNewer(db, path)
    const named = db.prepare(
      "select id from jobs where json_extract(spec, '$.name') = ? group by id order by seq",
    )
    return Array.from(named.iterate(name), row => String(row['id']))
  } finally {
    db.close()
  }
}

function lookFor(db: DatabaseSync, id: string, runDir: string): FoundJob | null {
  const last = (table: string, column: string): Row | undefined =>
    db.prepare(`select * from ${table} where ${column} = ? order by seq desc limit 1`).get(id)
  const row = last('jobs', 'id')
  if (!row) return null
  const attempt = last('attempts', 'job')
  const isCancelled = schemaVersion(db) > 1 && last('cancels', 'job') !== undefined
  const rows = { last: attempt, end: last('outcomes', 'job'), isCancelled }
  const found = journaledJob(id, String(row['spec']), rows)
  const placedAt = found.open ? Number(attempt?.['placed_at']) : null
  return { ...found, placedAt, isRunning: isHeld(runDir) }
}

function idsIn(db: DatabaseSync): string[] {
  return Array.from(db.prepare('select id from jobs').iterate(), row => String(row['id']))
}
