import { SQLITE, sqliteCode } from '../sqlite.ts'
import { NewerHistoryError } from './schema.ts'

/** What went wrong with a history, and what to do: one line for people. */
export function troubleOf(error: unknown, path: string): string {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof NewerHistoryError)
    return `${message}: use that version, name another file, or go without (--no-history)`
  switch (sqliteCode(error)) {
    case SQLITE.full:
      return `the disk is full, so ${path} cannot be written: make room`
    case SQLITE.readOnly:
      return `${path} may not be written: it, its folder or the file system is read-only for this user`
    case SQLITE.cannotOpen:
      return `${path} cannot be opened: does its folder exist, and may this user write there?`
    case SQLITE.corrupt:
    case SQLITE.notDatabase:
      return `${path} is damaged (${message}): remove it to begin a new one`
    default:
      return `${path} cannot be used: ${message}`
  }
}
