import { SQLITE, sqliteCode } from '../sqlite.ts'

/** What went wrong with a journal, and what to do: one line for people. */
export function troubleOf(error: unknown, path: string): string {
  const message = error instanceof Error ? error.message : String(error)
  switch (sqliteCode(error)) {
    case SQLITE.full:
      return `the disk is full, so ${path} cannot be written: make room`
    case SQLITE.io:
      return `the disk fails, is full, or has become read-only, so ${path} cannot be used (${message}): make room, or look after the disk`
    case SQLITE.readOnly:
      return `${path} may not be written: its folder or file system is read-only for this user`
    case SQLITE.cannotOpen:
      return `${path} cannot be opened: does its folder exist, and may this user write there?`
    case SQLITE.corrupt:
    case SQLITE.notDatabase:
      return `${path} is damaged (${message})`
    default:
      return `${path} cannot be used: ${message}`
  }
}

/** Whether the file itself is damaged, so that only what is still readable can be had. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error)
  return code === SQLITE.corrupt || code === SQLITE.notDatabase
}
