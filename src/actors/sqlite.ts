import { existsSync } from 'node:fs'
import type { DatabaseSync, DatabaseSyncOptions } from 'node:sqlite'
import { pathToFileURL } from 'node:url'

type Sqlite = typeof import('node:sqlite')

let loaded: Sqlite | undefined

/** Opens a database. Throws what SQLite says. */
export function openDatabase(path: string, options: DatabaseSyncOptions = {}): DatabaseSync {
  loaded ??= load()
  return new loaded.DatabaseSync(path, options)
}

/**
 * Opens a database to read it, also while somebody writes it. In a folder where this user may write nothing, SQLite
 * cannot take part in what writers agree upon; where nobody has left a log of writes, it need not.
 */
export function openToRead(path: string): DatabaseSync {
  const db = openDatabase(path, { readOnly: true })
  try {
    db.prepare('pragma schema_version').get()
    return db
  } catch (error) {
    db.close()
    const code = sqliteCode(error)
    if ((code !== SQLITE.readOnly && code !== SQLITE.cannotOpen) || existsSync(`${path}-wal`)) throw error
    return openDatabase(`${pathToFileURL(path).href}?immutable=1`, { readOnly: true })
  }
}

/** Node 22 warns that this module is experimental, which no user of Longshore can do anything about. */
function load(): Sqlite {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}

/** SQLite's own number of what went wrong, without the part that only refines it; `null` for any other error. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return error.errcode & 0xff
}

/** What can go wrong with a database, by SQLite's numbers (https://sqlite.org/rescode.html). */
export const SQLITE = {
  busy: 5,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notDatabase: 26,
} as const
