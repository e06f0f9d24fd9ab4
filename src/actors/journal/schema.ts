import type { DatabaseSync } from 'node:sqlite'
import { JournalError } from '../../errors.ts'

/**
 * What makes each version out of the one before; the first out of an empty file. Rows are only added, in the order in
 * which things happened, and of several rows of a job the last counts: so a commit touches the end of a table alone.
 */
const MIGRATIONS: readonly string[] = [
  `create table migrations (version integer primary key, at integer not null) strict;
   create table sessions (
     id integer primary key, pid integer not null, host text not null, boot text, began_at integer not null,
     ended_at integer
   ) strict;
   create table jobs (seq integer primary key, id text not null, spec text not null) strict;
   create table attempts (
     seq integer primary key, job text not null, attempt integer not null, loss integer not null,
     session integer not null, node text not null, held text, grown text, placed_at integer not null,
     started_at integer, pid integer, became text
   ) strict;
   create table outcomes (
     seq integer primary key, job text not null, at integer not null, status text not null, rest text not null
   ) strict;`,
  `alter table attempts add column again text;
   create table cancels (seq integer primary key, job text not null, at integer not null) strict;`,
]

/** The version that this Longshore writes. */
export const SCHEMA_VERSION = MIGRATIONS.length

/** The version of a journal; 0 for an empty file. */
export function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare('pragma user_version').get()?.['user_version'])
}

/** Throws a `JournalError` where a later Longshore has written the journal. */
export function refuseNewer(db: DatabaseSync, path: string): void {
  const version = schemaVersion(db)
  if (version <= SCHEMA_VERSION) return
  throw new JournalError(
    path,
    `${path} was written by a later version of Longshore (format ${version}; this one knows up to ${SCHEMA_VERSION}): use that version to go on with this run`,
  )
}

/** Brings a journal to the present version, all of it or nothing. */
export function migrate(db: DatabaseSync, now: number): void {
  const from = schemaVersion(db)
  if (from === SCHEMA_VERSION) return
  db.exec('begin immediate')
  MIGRATIONS.slice(from).forEach((sql, i) => {
    db.exec(sql)
    db.prepare('insert into migrations values (?, ?)').run(from + i + 1, Math.round(now))
  })
  db.exec(`pragma user_version = ${SCHEMA_VERSION}`)
  db.exec('commit')
}
