import { existsSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../../clock.ts'
import { JournalError, RunHeldError } from '../../errors.ts'
import type { Job, Outcome } from '../../job.ts'
import { bootId } from '../procfs.ts'
import { openDatabase } from '../sqlite.ts'
import { type Lock, takeLock } from './lock.ts'
import { migrate, refuseNewer } from './schema.ts'
import { holderOf } from './sessions.ts'

export { holderOf }

import { troubleOf } from './trouble.ts'
import { type Again, type Grown, type PlacedNote, Writer } from './writer.ts'

/** Options of `openJournal`. */
export interface JournalOptions {
  readonly runDir: string
  readonly clock: Clock
  /**
   * `default`: what was committed survives the end of any process, and that of the machine up to the last checkpoint;
   * `full`: that of the machine too, at the price of a disk access for each commit.
   */
  readonly durability: 'default' | 'full'
}

/** Who hears of a journal. */
export interface JournalListener {
  /** Placements have come to their end, and that is written. */
  settled(placementIds: readonly string[]): void
  /** It cannot be written any more; `why` says what to do. Once, until it can be written again. */
  broken(why: string): void
  /** It can be written again, and nothing is missing. */
  mended(): void
}

/** Pages of 4 KiB in the write-ahead log before they go into the file itself, which waits for the disk. */
const CHECKPOINT_PAGES = 4000
/** What nothing rests on is written within this time, or with the next outcome or command that comes before. */
const SOON_MS = 20
/** A journal that could not be written is tried again after this time. */
const TRY_AGAIN_MS = 2000

/** The file of a run's journal. */
export function journalPath(runDir: string): string {
  return join(runDir, 'journal.sqlite')
}

/** Whether a folder holds a run that can be gone on with. */
export function hasJournal(runDir: string): boolean {
  return existsSync(journalPath(runDir))
}

/**
 * What happens in a run, written down. Notes are gathered and committed together: at once where something is to take
 * effect that rests on them, else soon.
 *
 * A journal that cannot be written (a full disk) loses nothing: notes are kept and written when there is room again.
 */
export class Journal {
  readonly #db: DatabaseSync
  readonly #lock: Lock
  readonly #options: JournalOptions
  readonly #writer: Writer
  #listener: JournalListener | null = null
  #due: unknown = null
  #again: unknown = null
  #isBroken = false
  readonly #isNew: boolean

  constructor(db: DatabaseSync, lock: Lock, options: JournalOptions) {
    this.#db = db
    this.#lock = lock
    this.#options = options
    const session = beginSession(db, options.clock.now())
    this.#isNew = session === 1
    this.#writer = new Writer(db, session)
  }

  /** For reading what earlier schedulers of this run have written. */
  get database(): DatabaseSync {
    return this.#db
  }

  get runDir(): string {
    return this.#options.runDir
  }

  tell(listener: JournalListener): void {
    this.#listener = listener
  }

  added(jobs: Iterable<Job>): void {
    for (const job of jobs) this.#writer.job(job)
    this.#soon()
  }

  placed(note: PlacedNote): void {
    this.#writer.placed(note)
    this.#soon()
  }

  started(jobId: string, at: number, pid: number | null): void {
    this.#writer.started(jobId, at, pid)
    this.#soon()
  }

  /** An attempt has failed, and is to be made again; `grown` where it is then given more memory. */
  retrying(jobId: string, again: Again, grown: Grown | null): void {
    this.#writer.retrying(jobId, again, grown)
    this.#soon()
  }

  /** Somebody wants these jobs to end. Committed at once: they are to end, also where their scheduler dies first. */
  cancelling(jobIds: Iterable<string>): void {
    const at = this.#options.clock.now()
    for (const id of jobIds) this.#writer.cancelling(id, at)
    this.commit()
  }

  /** An attempt is told to make room. Committed at once: that it is ended by a signal then is no failure of it. */
  evicting(jobId: string): void {
    this.#writer.evicting(jobId)
    this.commit()
  }

  /** An attempt has lost its place: it is made again, and that counts as no further one. */
  lost(jobId: string): void {
    this.#writer.lost(jobId)
    this.#soon()
  }

  /** Jobs have ended. Committed at once: whoever hears of an outcome may rely on it. */
  ended(outcomes: readonly Outcome[]): void {
    const at = this.#options.clock.now()
    for (const outcome of outcomes) this.#writer.outcome(outcome, at)
    this.commit()
  }

  /** A job that had ended is to be run again. */
  reopened(jobId: string): void {
    this.#writer.reopened(jobId, this.#options.clock.now())
    this.#soon()
  }

  /** A placement is taken back that could not be written. */
  withdrawn(placementId: string): void {
    this.#writer.withdraw(placementId)
  }

  /** Writes what was noted. False where that is not possible now: then nothing may rest on it. */
  commit(): boolean {
    if (this.#writer.isEmpty) return !this.#isBroken
    try {
      const settled = this.#writer.commit()
      if (settled.length > 0) this.#listener?.settled(settled)
      this.#noteMended()
      return true
    } catch (error) {
      this.#noteBroken(error)
      return false
    }
  }

  /** Ends the session and gives the run back. Returns whether all is written. */
  close(): boolean {
    this.#writer.sessionEnded(this.#options.clock.now())
    const isWritten = this.commit()
    for (const timer of [this.#due, this.#again]) this.#options.clock.clearTimeout(timer)
    this.#db.close()
    this.#lock.release()
    return isWritten
  }

  /** Takes the files away of a run that was never begun, by this session or an earlier one. After `close`. */
  remove(): void {
    if (!this.#isNew) return
    for (const name of ['journal.sqlite', 'journal.sqlite-wal', 'journal.sqlite-shm', 'journal.lock'])
      rmSync(join(this.#options.runDir, name), { force: true })
  }

  #soon(): void {
    this.#due ??= this.#options.clock.setTimeout(() => {
      this.#due = null
      this.commit()
    }, SOON_MS)
  }

  #noteBroken(error: unknown): void {
    this.#again ??= this.#options.clock.setTimeout(() => {
      this.#again = null
      this.commit()
    }, TRY_AGAIN_MS)
    if (this.#isBroken) return
    this.#isBroken = true
    this.#listener?.broken(troubleOf(error, journalPath(this.#options.runDir)))
  }

  #noteMended(): void {
    if (!this.#isBroken) return
    this.#isBroken = false
    this.#listener?.mended()
  }
}

/**
 * Opens the journal of a run and takes its lock. Throws a `RunHeldError` where another process has it, and a
 * `JournalError` where it was written by a later version, is damaged, or cannot be written.
 */
export function openJournal(options: JournalOptions): Journal {
  const { runDir } = options
  const path = journalPath(runDir)
  let lock: Lock | null = null
  let db: DatabaseSync | null = null
  try {
    lock = takeLock(runDir)
    if (lock === null) throw new RunHeldError(runDir, holderOf(runDir))
    db = openDatabase(path)
    return journalIn(db, lock, options)
  } catch (error) {
    db?.close()
    lock?.release()
    if (error instanceof JournalError || error instanceof RunHeldError) throw error
    throw new JournalError(path, troubleOf(error, path), { cause: error })
  }
}

/** The journal in a database that is open already, of a run whose lock is held. Throws what SQLite says. */
export function journalIn(db: DatabaseSync, lock: Lock, options: JournalOptions): Journal {
  prepareDatabase(db, journalPath(options.runDir), options)
  return new Journal(db, lock, options)
}

function prepareDatabase(db: DatabaseSync, path: string, { durability, clock }: JournalOptions): void {
  refuseNewer(db, path)
  db.exec('pragma journal_mode = wal')
  db.exec(`pragma synchronous = ${durability === 'full' ? 'full' : 'normal'}`)
  db.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  migrate(db, clock.now())
}

function beginSession(db: DatabaseSync, now: number): number {
  const insert = db.prepare('insert into sessions (pid, host, boot, began_at) values (?, ?, ?, ?)')
  return Number(insert.run(process.pid, hostname(), bootId(), Math.round(now)).lastInsertRowid)
}
