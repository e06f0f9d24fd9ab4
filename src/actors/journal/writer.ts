import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { Job, JobFailure, Outcome } from '../../job.ts'
import type { Grant } from '../../machines/placement/free.ts'
import { packJob } from './jobs.ts'
import { packOutcome } from './outcomes.ts'
import { packValue } from './values.ts'

/** A job has been given a place. */
export interface PlacedNote {
  readonly placementId: string
  readonly jobId: string
  /** 1 for the first attempt. */
  readonly attempt: number
  /** How often this attempt lost its place before. */
  readonly loss: number
  readonly node: string
  /** What it holds; `null` where nobody will have to know it, since it ends with the scheduler. */
  readonly held: Held | null
  readonly grown: Grown | null
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** What a placement holds of its node. */
export interface Held {
  readonly grant: Grant
  /** Ids of the GPUs that the grant names by their positions. */
  readonly gpuIds: readonly string[]
}

/** A job waits with more memory than it asked for, since attempts of it ran out of what they had. Bytes. */
export interface Grown {
  /** How many attempts. */
  readonly times: number
  readonly ram: number
  readonly gpuRam: number
}

/** A failed attempt that is to be made again, and when: milliseconds since the epoch. */
export interface Again {
  readonly at: number
  readonly failure: JobFailure
}

/** An attempt that has not ended, or whose row is not written yet. */
interface Attempt {
  /** Given when it is to be written: rows are numbered without gaps. */
  row: number | null
  readonly note: PlacedNote
  startedAt: number | null
  pid: number | null
  isWritten: boolean
  /** Its job has ended before this was written: then the outcome says all that counts. */
  isOver: boolean
}

/** The rows that wait to be committed, and the statements that write them. Moments are kept in whole milliseconds. */
export class Writer {
  readonly #db: DatabaseSync
  readonly #statements: ReturnType<typeof prepare>
  readonly #session: number
  #nextRow: number
  #attempts: Attempt[] = []
  #notes: { readonly statement: StatementSync; readonly values: readonly SQLInputValue[] }[] = []
  #settled: string[] = []
  /** Attempts that have not ended, by job. */
  readonly #open = new Map<string, Attempt>()

  constructor(db: DatabaseSync, session: number) {
    this.#db = db
    this.#session = session
    this.#statements = prepare(db)
    this.#nextRow = Number(db.prepare('select max(seq) as last from attempts').get()?.['last'] ?? 0) + 1
  }

  get isEmpty(): boolean {
    return this.#notes.length === 0 && this.#attempts.length === 0
  }

  job(job: Job): void {
    this.#note(this.#statements.job, job.id, packJob(job))
  }

  placed(note: PlacedNote): void {
    const attempt: Attempt = {
      row: null,
      note,
      startedAt: null,
      pid: null,
      isWritten: false,
      isOver: false,
    }
    this.#open.set(note.jobId, attempt)
    this.#attempts.push(attempt)
  }

  started(jobId: string, at: number, pid: number | null): void {
    const attempt = this.#open.get(jobId)
    if (!attempt) return
    attempt.startedAt = Math.round(at)
    attempt.pid = pid
    if (attempt.isWritten) this.#note(this.#statements.started, attempt.startedAt, pid, this.#rowOf(attempt))
  }

  /** An attempt has failed, and the job waits for another one. */
  retrying(jobId: string, again: Again, grown: Grown | null): void {
    this.#over(jobId, 'retrying', grown, JSON.stringify({ ...again, failure: packValue(again.failure) }))
  }

  /** An attempt is over, and the job is not: it waits for another place. */
  lost(jobId: string): void {
    this.#over(jobId, 'lost', null, null)
  }

  #over(jobId: string, became: 'retrying' | 'lost', grown: Grown | null, again: string | null): void {
    const attempt = this.#settle(jobId)
    if (attempt)
      this.#note(this.#statements.over, became, grown && JSON.stringify(grown), again, this.#rowOf(attempt))
  }

  /** An attempt is to make room, and goes on until it has ended. */
  evicting(jobId: string): void {
    const attempt = this.#open.get(jobId)
    if (attempt) this.#note(this.#statements.evicting, this.#rowOf(attempt))
  }

  /** Somebody wants the job to end. */
  cancelling(jobId: string, at: number): void {
    this.#note(this.#statements.cancelling, jobId, Math.round(at))
  }

  outcome(outcome: Outcome, at: number): void {
    const attempt = this.#settle(outcome.id)
    if (attempt) attempt.isOver = true
    this.#note(this.#statements.outcome, outcome.id, Math.round(at), outcome.status, packOutcome(outcome))
  }

  /** The job is to be run again although it had ended: attempts up to here do not count. */
  reopened(jobId: string, at: number): void {
    this.#note(
      this.#statements.outcome,
      jobId,
      Math.round(at),
      'reopened',
      JSON.stringify({ after: this.#nextRow - 1 }),
    )
  }

  sessionEnded(at: number): void {
    this.#note(this.#statements.sessionEnded, Math.round(at), this.#session)
  }

  /** A placement that was never written is taken back. */
  withdraw(placementId: string): void {
    this.#attempts = this.#attempts.filter(({ note }) => note.placementId !== placementId)
    for (const [jobId, { note }] of this.#open) if (note.placementId === placementId) this.#open.delete(jobId)
  }

  /** Writes all that was noted, or nothing. Returns the ids of placements that have come to their end by it. */
  commit(): readonly string[] {
    const { begin, commit } = this.#statements
    begin.run()
    try {
      for (const attempt of this.#attempts) if (!attempt.isOver) this.#insert(attempt)
      for (const { statement, values } of this.#notes) statement.run(...values)
      commit.run()
    } catch (error) {
      // After a full disk SQLite has done so by itself.
      if (this.#db.isTransaction) this.#db.exec('rollback')
      throw error
    }
    return this.#written()
  }

  #written(): readonly string[] {
    const settled = this.#settled
    for (const attempt of this.#attempts) attempt.isWritten = true
    this.#attempts = []
    this.#notes = []
    this.#settled = []
    return settled
  }

  #rowOf(attempt: Attempt): number {
    attempt.row ??= this.#nextRow++
    return attempt.row
  }

  #insert(one: Attempt): void {
    const { note, startedAt, pid } = one
    const row = this.#rowOf(one)
    const { jobId, attempt, loss, node, held, grown, at } = note
    const texts = [held && JSON.stringify(held), grown && JSON.stringify(grown)]
    const values = [row, jobId, attempt, loss, this.#session, node, ...texts, Math.round(at), startedAt, pid]
    this.#statements.placed.run(...values)
  }

  #settle(jobId: string): Attempt | undefined {
    const attempt = this.#open.get(jobId)
    if (!attempt) return undefined
    this.#open.delete(jobId)
    this.#settled.push(attempt.note.placementId)
    return attempt
  }

  #note(statement: StatementSync, ...values: SQLInputValue[]): void {
    this.#notes.push({ statement, values })
  }
}

function prepare(db: DatabaseSync) {
  return {
    begin: db.prepare('begin immediate'),
    commit: db.prepare('commit'),
    job: db.prepare('insert into jobs (id, spec) values (?, ?)'),
    placed: db.prepare(
      `insert into attempts (seq, job, attempt, loss, session, node, held, grown, placed_at, started_at, pid)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    started: db.prepare('update attempts set started_at = ?, pid = ? where seq = ?'),
    over: db.prepare('update attempts set became = ?, grown = coalesce(?, grown), again = ? where seq = ?'),
    evicting: db.prepare("update attempts set became = 'evicting' where seq = ?"),
    cancelling: db.prepare('insert into cancels (job, at) values (?, ?)'),
    outcome: db.prepare('insert into outcomes (job, at, status, rest) values (?, ?, ?, ?)'),
    sessionEnded: db.prepare('update sessions set ended_at = ? where id = ?'),
  }
}
