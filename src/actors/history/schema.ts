import type { DatabaseSync } from 'node:sqlite'

/**
 * What makes each version out of the one before; the first out of an empty file. Sums and means, not rows of every job:
 * the file grows with the number of different jobs, not with that of runs. Names as in the estimator's `Evidence`:
 * `given_` for jobs with an estimate, `all_` for all of the group.
 */
const MIGRATIONS: readonly string[] = [
  `create table jobs (
     key text primary key, at integer not null, runs integer not null, log_s real not null
   ) strict, without rowid;
   create table groups (
     name text primary key, at integer not null,
     given_weight real not null, given_x real not null, given_d real not null,
     given_xx real not null, given_xd real not null, given_dd real not null,
     all_weight real not null, all_d real not null, all_dd real not null
   ) strict, without rowid;`,
]

/** The version that this Longshore writes. */
export const SCHEMA_VERSION = MIGRATIONS.length

/** Thrown when a later Longshore has written the file. */
export class NewerHistoryError extends Error {
  constructor(path: string, version: number) {
    super(
      `${path} was written by a later version of Longshore (format ${version}; this one knows up to ${SCHEMA_VERSION})`,
    )
  }
}

/** Brings a file to the present version, all of it or nothing; of two processes at once the second finds it done. */
export function migrate(db: DatabaseSync, path: string): void {
  if (versionOf(db, path) === SCHEMA_VERSION) return
  db.exec('begin immediate')
  try {
    for (const sql of MIGRATIONS.slice(versionOf(db, path))) db.exec(sql)
    db.exec(`pragma user_version = ${SCHEMA_VERSION}`)
    db.exec('commit')
  } catch (error) {
    db.exec('rollback')
    throw error
  }
}

function versionOf(db: DatabaseSync, path: string): number {
  const version = Number(db.prepare('pragma user_version').get()?.['user_version'])
  if (version > SCHEMA_VERSION) throw new NewerHistoryError(path, version)
  return version
}
