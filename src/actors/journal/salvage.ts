import { existsSync, renameSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { type JournalOptions, journalPath, openJournal } from './journal.ts'
import { openPages, type PageRow } from './pages.ts'

/**
 * The tables by what their rows look like: n(othing), t(ext), i(nteger), the number of the row first. A page does not say
 * of which table it is.
 */
const TABLES = [
  { name: 'jobs', looks: /^ntt$/, columns: ['id', 'spec'] },
  {
    name: 'attempts',
    looks: /^ntiiit[nt][nt]i[ni][ni][nt][nt]?$/,
    columns: [
      'job',
      'attempt',
      'loss',
      'session',
      'node',
      'held',
      'grown',
      'placed_at',
      'started_at',
      'pid',
      'became',
      'again',
    ],
  },
  { name: 'outcomes', looks: /^ntitt$/, columns: ['job', 'at', 'status', 'rest'] },
  { name: 'cancels', looks: /^nti$/, columns: ['job', 'at'] },
] as const

/** What came of a damaged journal. */
export interface Salvaged {
  /** Where the damaged one stands now. */
  readonly damaged: string
  /** What of it cannot be read, a line each. */
  readonly lost: readonly string[]
}

/** Puts a damaged journal aside and makes a new one of all rows that can still be read. */
export function salvage(options: JournalOptions): Salvaged {
  const path = journalPath(options.runDir)
  const damaged = `${path}.damaged-${options.clock.now()}`
  for (const end of ['', '-wal']) if (existsSync(path + end)) renameSync(path + end, damaged + end)
  const fresh = openJournal(options)
  try {
    return { damaged, lost: [...copy(damaged, fresh.database), ...gapsIn(fresh.database)] }
  } finally {
    fresh.close()
  }
}

/** Returns what is missing, beside the rows that others stand around. */
function copy(damaged: string, to: DatabaseSync): string[] {
  const pages = openPages(damaged)
  const insert = inserter(to)
  to.exec('begin')
  for (const row of pages.rows()) insert(row)
  to.exec('commit')
  pages.close()
  const { expected, count, senseless } = pages
  const isShort = expected !== null && count < expected
  return [
    ...(senseless > 0 ? [`${senseless} of ${count} pages: they make no sense`] : []),
    ...(isShort ? [`the last ${expected - count} of ${expected} pages: they are not there`] : []),
  ]
}

function inserter(to: DatabaseSync): (row: PageRow) => void {
  const tables = TABLES.map(({ name, looks, columns }) => {
    const marks = ['seq', ...columns].map(() => '?').join(', ')
    const sql = `insert or ignore into ${name} (seq, ${columns.join(', ')}) values (${marks})`
    return { looks, width: columns.length, statement: to.prepare(sql) }
  })
  return ({ number, values }) => {
    const table = tables.find(({ looks }) => looks.test(values.map(letterOf).join('')))
    if (!table) return
    const [, ...rest] = values
    const missing = Array.from({ length: table.width - rest.length }, () => null)
    try {
      table.statement.run(number, ...rest, ...missing)
    } catch {
      // It looks like a row, and is none.
    }
  }
}

function letterOf(value: string | number | null): string {
  return value === null ? 'n' : typeof value === 'string' ? 't' : 'i'
}

/** Rows are numbered without gaps, in the order in which they were written. */
function* gapsIn(db: DatabaseSync): Generator<string> {
  for (const { name } of TABLES) {
    let next = 1
    for (const { seq } of db.prepare(`select seq from ${name} order by seq`).iterate()) {
      const found = Number(seq)
      if (found > next) yield `rows from ${next} to ${found - 1} of ${name}`
      next = found + 1
    }
    if (next === 1 && name !== 'cancels') yield `any row of ${name}`
  }
}
