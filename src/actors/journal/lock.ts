import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase, SQLITE, sqliteCode } from '../sqlite.ts'

/** The right to run the jobs of a folder. */
export interface Lock {
  release(): void
}

/**
 * Takes the lock of a run; `null` where another process holds it. It is a lock of the kernel, by way of SQLite: the
 * kernel gives it back when its holder ends, in whatever way, so there is no stale one, and an id of a process that has
 * been given to another one since proves nothing here. Throws what SQLite says where the file cannot be made.
 */
export function takeLock(runDir: string): Lock | null {
  const db = openDatabase(join(runDir, 'journal.lock'))
  try {
    // Nothing is ever written there, so nothing is to be rolled back.
    db.exec('pragma journal_mode = off')
    db.exec('begin exclusive')
    return { release: () => db.close() }
  } catch (error) {
    db.close()
    if (sqliteCode(error) === SQLITE.busy) return null
    throw error
  }
}

/** Whether a process has the run now. Looks without taking anything. */
export function isHeld(runDir: string): boolean {
  const path = join(runDir, 'journal.lock')
  if (!existsSync(path)) return false
  const db = openDatabase(path, { readOnly: true })
  try {
    db.prepare('select count(*) from sqlite_schema').get()
    return false
  } catch (error) {
    return sqliteCode(error) === SQLITE.busy
  } finally {
    db.close()
  }
}
