import type { DatabaseSync } from 'node:sqlite'
import type { Job, Outcome } from '../../job.ts'
import { unpackJob } from './jobs.ts'
import { unpackOutcome } from './outcomes.ts'
import type { Grown, Held } from './writer.ts'

/** A placement that had not come to its end when the journal was left. */
export interface OpenPlacement {
  readonly node: string
  /** What it holds of the node; `null` for what has ended with its scheduler. */
  readonly held: Held | null
  readonly startedAt: number | null
  readonly pid: number | null
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
export type ReadRows = (table: 'jobs' | 'attempts' | 'outcomes') => Iterable<Row>

/** The rows of an undamaged journal, those left out that tell nothing any more. */
export function rowsOf(db: DatabaseSync): ReadRows {
  return table => db.prepare(QUERIES[table]).all()
}

/** How often a job was tried counts only as long as it has not ended. */
const QUERIES = {
  jobs: 'select id, spec from jobs order by seq',
  attempts: `select * from attempts where job not in (
      select job from outcomes where status <> 'reopened'
      except select job from outcomes where status = 'reopened'
    ) order by seq`,
  outcomes: 'select job, status, rest from outcomes order by seq',
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
  const jobs: JournaledJob[] = []
  for (const [id, spec] of specs) {
    try {
      jobs.push(journaledJob(id, spec, attempts.get(id), outcomes.get(id)))
    } catch (error) {
      unreadable.push(`job "${id}": ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { jobs, unreadable }
}

/** A job from its row, its last attempt and its last outcome. */
export function journaledJob(
  id: string,
  spec: string,
  last: Row | undefined,
  end: Row | undefined,
): JournaledJob {
  const job = unpackJob(id, spec)
  if (end === undefined) return { job, spec, outcome: null, ...progressOf(last) }
  if (end['status'] !== 'reopened')
    return { job, spec, outcome: unpackOutcome(job, statusOf(end['status']), String(end['rest'])), ...NEW }
  const { after } = JSON.parse(String(end['rest']))
  const isNew = last === undefined || Number(last['seq']) <= after
  return { job, spec, outcome: null, ...(isNew ? NEW : progressOf(last)) }
}

const NEW = { attempts: 0, losses: 0, grown: null, open: null } as const

function progressOf(last: Row | undefined): Pick<JournaledJob, 'attempts' | 'losses' | 'grown' | 'open'> {
  if (!last) return NEW
  const attempt = Number(last['attempt'])
  const losses = Number(last['loss'])
  const grown: Grown | null = parse(last['grown'])
  if (last['became'] === 'retrying') return { attempts: attempt, losses: 0, grown, open: null }
  if (last['became'] !== null) return { attempts: attempt - 1, losses: losses + 1, grown, open: null }
  return { attempts: attempt - 1, losses, grown, open: openPlacement(last) }
}

function openPlacement(row: Row): OpenPlacement {
  const number = (value: unknown) => (typeof value === 'number' ? value : null)
  return {
    node: String(row['node']),
    held: parse(row['held']),
    startedAt: number(row['started_at']),
    pid: number(row['pid']),
  }
}

function parse<T>(text: unknown): T | null {
  return typeof text === 'string' ? JSON.parse(text) : null
}

function statusOf(status: unknown): Outcome['status'] {
  if (status === 'succeeded' || status === 'failed' || status === 'cancelled') return status
  throw new TypeError(`an outcome of a kind that is not known: ${String(status)}`)
}
