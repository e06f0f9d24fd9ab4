import type { DatabaseSync } from 'node:sqlite'
import type { Job, JobFailure, Outcome } from '../../job.ts'
import { checkAgain, checkGrown, checkHeld, checkJob, checkOutcome } from './check.ts'
import { unpackJob } from './jobs.ts'
import { unpackOutcome } from './outcomes.ts'
import { schemaVersion } from './schema.ts'
import { type PackedValue, unpackValue } from './values.ts'
import type { Again, Grown, Held } from './writer.ts'

/** A placement that had not come to its end when the journal was left. */
export interface OpenPlacement {
  readonly node: string
  /** What it holds of the node; `null` for what has ended with its scheduler. */
  readonly held: Held | null
  readonly startedAt: number | null
  readonly pid: number | null
  /** Whether it was told to make room: where a signal has ended it since, that is no failure. */
  readonly isEvicted: boolean
}

/** A job as the journal has it. */
export interface JournaledJob {
  readonly job: Job
  /** The text that it stands as in the journal: equal for equal jobs. */
  readonly spec: string
  /** `null` for a job that has not ended. */
  readonly outcome: Outcome | null
  /** Attempts that have failed. */
  readonly attempts: number
  /** How often the present attempt lost its place. */
  readonly losses: number
  /** The memory that it has been given beyond what it asked for, by what it ran out of. */
  readonly grown: Grown | null
  /** The placement that had not ended, if there is one. */
  readonly open: OpenPlacement | null
  /** When its next attempt is due, and why; `null` for one that need not wait. */
  readonly again: Again | null
  /** Whether somebody wanted it to end. */
  readonly isCancelled: boolean
}

/** What a journal tells of a run. */
export interface JournaledRun {
  /** In the order in which they were added. */
  readonly jobs: readonly JournaledJob[]
  /** What cannot be read, a line each for people. */
  readonly unreadable: readonly string[]
}

/** A row of a table, by column. */
export type Row = Readonly<Record<string, unknown>>

/** Reads rows of one table; by itself as SQLite gives them, from a damaged file as far as there are any. */
export type ReadRows = (table: 'jobs' | 'attempts' | 'outcomes' | 'cancels') => Iterable<Row>

/** The rows of an undamaged journal of this version or an earlier one, those left out that tell nothing any more. */
export function rowsOf(db: DatabaseSync): ReadRows {
  const since = { jobs: 1, attempts: 1, outcomes: 1, cancels: 2 }
  const version = schemaVersion(db)
  return table => (since[table] > version ? [] : readAll(db, table))
}

/** Lists make a third of the work of objects, as SQLite gives them; Node 22 has none. */
function readAll(db: DatabaseSync, table: Parameters<ReadRows>[0]): Row[] {
  const rows = db.prepare(QUERIES[table])
  if ((table !== 'jobs' && table !== 'outcomes') || !('setReturnArrays' in rows)) return rows.all()
  rows.setReturnArrays(true)
  const lists = rows.all() as unknown as unknown[][]
  return table === 'jobs'
    ? lists.map(([id, spec]) => ({ id, spec }))
    : lists.map(([job, status, rest]) => ({ job, status, rest }))
}

/** How often a job was tried counts only as long as it has not ended. */
const QUERIES = {
  jobs: 'select id, spec from jobs order by seq',
  attempts: `select * from attempts where job not in (
      select job from outcomes where status <> 'reopened'
      except select job from outcomes where status = 'reopened'
    ) order by seq`,
  outcomes: 'select job, status, rest from outcomes order by seq',
  cancels: 'select job from cancels order by seq',
} as const

/** Puts the rows of a journal together. Of several rows of a job the last counts. */
export function readRun(read: ReadRows): JournaledRun {
  const unreadable: string[] = []
  const specs = new Map<string, string>()
  for (const { id, spec } of read('jobs')) specs.set(String(id), String(spec))
  const attempts = new Map<string, Row>()
  for (const row of read('attempts')) attempts.set(String(row['job']), row)
  const outcomes = new Map<string, Row>()
  for (const row of read('outcomes')) outcomes.set(String(row['job']), row)
  const cancelled = new Set<string>()
  for (const row of read('cancels')) cancelled.add(String(row['job']))
  const jobs: JournaledJob[] = []
  for (const [id, spec] of specs) {
    try {
      const rows = { last: attempts.get(id), end: outcomes.get(id), isCancelled: cancelled.has(id) }
      jobs.push(journaledJob(id, spec, rows))
    } catch (error) {
      unreadable.push(`job "${id}": ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { jobs, unreadable }
}

/** What a journal says of a job: its last attempt, its last outcome, and whether it was to end. */
export interface JobRows {
  readonly last: Row | undefined
  readonly end: Row | undefined
  readonly isCancelled: boolean
}

/** A job from its rows. Throws where they make no sense. */
export function journaledJob(id: string, spec: string, { last, end, isCancelled }: JobRows): JournaledJob {
  const job = checkJob(unpackJob(id, spec))
  const known = { job, spec, isCancelled }
  if (end === undefined) return { ...known, outcome: null, ...progressOf(last) }
  if (end['status'] !== 'reopened')
    return {
      ...known,
      outcome: checkOutcome(unpackOutcome(job, statusOf(end['status']), String(end['rest']))),
      ...NEW,
    }
  const { after } = JSON.parse(String(end['rest']))
  const isNew = last === undefined || Number(last['seq']) <= after
  return { ...known, outcome: null, ...(isNew ? NEW : progressOf(last)) }
}

const NEW = { attempts: 0, losses: 0, grown: null, open: null, again: null } as const

type Tried = Pick<JournaledJob, 'attempts' | 'losses' | 'grown' | 'open' | 'again'>

function progressOf(last: Row | undefined): Tried {
  if (!last) return NEW
  const attempt = Number(last['attempt'])
  const losses = Number(last['loss'])
  const grown = checkGrown(parse(last['grown']))
  if (last['became'] === 'retrying')
    return { attempts: attempt, losses: 0, grown, open: null, again: againOf(last['again']) }
  if (last['became'] !== null && last['became'] !== 'evicting')
    return { attempts: attempt - 1, losses: losses + 1, grown, open: null, again: null }
  return { attempts: attempt - 1, losses, grown, open: openPlacement(last), again: null }
}

/** `null` in rows of the first version, which did not have it. */
function againOf(text: unknown): Again | null {
  const again: { at: number; failure: PackedValue } | null = parse(text)
  return again && checkAgain({ at: again.at, failure: unpackValue(again.failure) as JobFailure })
}

function openPlacement(row: Row): OpenPlacement {
  const number = (value: unknown) => (typeof value === 'number' ? value : null)
  return {
    node: String(row['node']),
    held: checkHeld(parse(row['held'])),
    startedAt: number(row['started_at']),
    pid: number(row['pid']),
    isEvicted: row['became'] === 'evicting',
  }
}

function parse<T>(text: unknown): T | null {
  return typeof text === 'string' ? JSON.parse(text) : null
}

function statusOf(status: unknown): Outcome['status'] {
  if (status === 'succeeded' || status === 'failed' || status === 'cancelled') return status
  throw new TypeError(`an outcome of a kind that is not known: ${String(status)}`)
}
