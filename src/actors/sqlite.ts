import type { DatabaseSync, DatabaseSyncOptions } from 'node:sqlite'

type Sqlite = typeof import('node:sqlite')

let loaded: Sqlite | undefined

/** Opens a database. Throws what SQLite says. */
export function openDatabase(path: string, options: DatabaseSyncOptions = {}): DatabaseSync {
  loaded ??= load()
  return new loaded.DatabaseSync(path, options)
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
