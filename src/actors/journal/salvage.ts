import { existsSync, renameSync } from 'node:fs'
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { openDatabase } from '../sqlite.ts'
import { type JournalOptions, journalPath, openJournal } from './journal.ts'
import { schemaVersion } from './schema.ts'

const TABLES = ['jobs', 'attempts', 'outcomes', 'cancels'] as const
/** Rows that are asked for at once; around damage fewer. */
const MOST_ROWS = 512

/** What came of a damaged journal. */
export interface Salvaged {
  /** Where the damaged one stands now. */
  readonly damaged: string
  /** What of it cannot be read, a line each. */
  readonly lost: readonly string[]
}

/**
 * Puts a damaged journal aside and makes a new one of all rows that can still be read. SQLite reads around a damaged
 * page where the pages above it are whole; rows are looked for by their numbers.
 */
export function salvage(options: JournalOptions): Salvaged {
  const path = journalPath(options.runDir)
  const damaged = `${path}.damaged-${options.clock.now()}`
  for (const end of ['', '-wal']) if (existsSync(path + end)) renameSync(path + end, damaged + end)
  const lost: string[] = []
  const fresh = openJournal(options)
  try {
    const db = openDatabase(damaged)
    for (const table of TABLES) if (has(db, table)) copy(db, fresh.database, table, lost)
    db.close()
  } catch (error) {
    lost.push(`all of ${damaged}: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    fresh.close()
  }
  return { damaged, lost }
}

type Row = Readonly<Record<string, SQLInputValue>>

/** Earlier versions had fewer tables. Where not even the version can be read, it is tried. */
function has(db: DatabaseSync, table: string): boolean {
  try {
    return table !== 'cancels' || schemaVersion(db) > 1
  } catch {
    return true
  }
}

function copy(from: DatabaseSync, to: DatabaseSync, table: (typeof TABLES)[number], lost: string[]): void {
  to.exec('begin')
  for (const row of readAround(from, table, lost)) insert(to, table, row, lost)
  to.exec('commit')
}

/** A row that makes no sense to the new journal (a text where a number should be) is lost, too. */
function insert(to: DatabaseSync, table: string, row: Row, lost: string[]): void {
  try {
    const names = Object.keys(row)
    const marks = names.map(() => '?').join(', ')
    to.prepare(`insert into ${table} (${names.join(', ')}) values (${marks})`).run(...Object.values(row))
  } catch {
    lost.push(`row ${row['seq']} of ${table}`)
  }
}

/** Rows by their numbers: where some cannot be read the gap is widened until reading goes on. */
function* readAround(db: DatabaseSync, table: string, lost: string[]): Generator<Row> {
  const last = lastRow(db, table)
  let after = 0
  let gap = 0
  while (after + gap < last) {
    const limit = gap > 0 ? 1 : MOST_ROWS
    const rows = tryRead(db, table, after + gap, limit) ?? (limit > 1 ? tryRead(db, table, after, 1) : null)
    if (rows === null) {
      gap = gap === 0 ? 1 : gap + Math.ceil(gap / 4)
      continue
    }
    if (gap > 0)
      lost.push(`rows from ${after + 1} to ${Number(rows[0]?.['seq'] ?? last + 1) - 1} of ${table}`)
    if (rows.length === 0) return
    yield* rows
    after = Number(rows.at(-1)?.['seq'])
    gap = 0
  }
  if (gap > 0) lost.push(`rows from ${after + 1} of ${table}`)
}

function tryRead(db: DatabaseSync, table: string, after: number, limit: number): Row[] | null {
  try {
    const rows = db.prepare(`select * from ${table} where seq > ? order by seq limit ?`)
    return rows.all(after, limit) as Row[]
  } catch {
    return null
  }
}

/** Where not even that can be read there may be as many rows as there is room for. */
function lastRow(db: DatabaseSync, table: string): number {
  try {
    return Number(db.prepare(`select max(seq) as last from ${table}`).get()?.['last'] ?? 0)
  } catch {
    return 2 ** 24
  }
}
