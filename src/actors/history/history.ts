import { existsSync } from 'node:fs'
import type { Clock } from '../../clock.ts'
import type { Job, Outcome } from '../../job.ts'
import type { Remembered } from '../../machines/estimate/estimator.ts'
import type { HistoryUse } from '../../progress.ts'
import { SQLITE, sqliteCode } from '../sqlite.ts'
import { jobKey } from './key.ts'
import { Lessons } from './lessons.ts'
import { HistoryStore } from './store.ts'
import { troubleOf } from './trouble.ts'

/** What is learned is written so often, and so much of it at once: some milliseconds in which nothing else happens. */
const EVERY_MS = 1000
const MOST_AT_ONCE = 200

export interface HistoryParts {
  /** The file, absolute. It is made when something has been learned. */
  readonly path: string
  readonly clock: Clock
  /** Hears, once, what keeps the history from being read or written; the run goes on without it. */
  readonly warn: (message: string) => void
}

/**
 * What earlier runs have taught, kept in a file that several runs may use at the same time. Nothing waits for it: what
 * jobs teach is written some time later, and where it cannot be, that is a warning.
 */
export class History {
  readonly #parts: HistoryParts
  readonly #lessons = new Lessons()
  #store: HistoryStore | null = null
  /** It has been closed, or cannot be used. */
  #isOver = false
  #knowsJobs = false
  #remembered: readonly Remembered[] = []
  readonly #groups: ReadonlySet<string>
  readonly #met = { jobs: 0, groups: new Set<string>() }
  #timer: unknown = null

  constructor(parts: HistoryParts) {
    this.#parts = parts
    if (existsSync(parts.path))
      this.#attempt('read', () => {
        const store = this.#open()
        this.#knowsJobs = store.knowsJobs
        this.#remembered = store.groups()
      })
    this.#groups = new Set(this.#remembered.map(({ group }) => group))
  }

  get path(): string {
    return this.#parts.path
  }

  /** What has been known so far of the jobs that were asked for. */
  get use(): HistoryUse {
    return { path: this.path, jobs: this.#met.jobs, groups: this.#met.groups.size }
  }

  /** What is known of groups; nothing where there is no file yet. */
  groups(): readonly Remembered[] {
    return this.#remembered
  }

  /** The job, with what it took in an earlier run where that is known. */
  recall(job: Job): Job {
    if (this.#groups.has(job.group)) this.#met.groups.add(job.group)
    const key = this.#knowsJobs ? jobKey(job) : null
    const earlierS = key !== null && this.#attempt('read', () => this.#store?.secondsOf(key))
    if (typeof earlierS !== 'number') return job
    this.#met.jobs += 1
    return { ...job, earlierS }
  }

  /** A job has ended: it teaches where it succeeded and speaks for its like. */
  note(job: Job, outcome: Pick<Outcome, 'status' | 'representative' | 'durationS'>): void {
    if (this.#isOver || outcome.status !== 'succeeded' || !outcome.representative) return
    this.#lessons.add(job, outcome)
    this.#writeAfter(EVERY_MS)
  }

  /** Writes what is left. */
  close(): void {
    this.#parts.clock.clearTimeout(this.#timer)
    this.#attempt('write', () => this.#writeAll())
    this.#store?.close()
    this.#store = null
    this.#isOver = true
  }

  #writeAll(): void {
    if (this.#lessons.isEmpty) return
    const store = this.#open()
    store.waitLonger()
    while (!this.#lessons.isEmpty) this.#writeSome()
    store.prune()
  }

  #writeAfter(ms: number): void {
    this.#timer ??= this.#parts.clock.setTimeout(() => {
      this.#timer = null
      this.#attempt('write', () => this.#writeOrWait())
    }, ms)
  }

  /** Another process that is writing just now is no trouble: what is to be written waits with the next. */
  #writeOrWait(): void {
    try {
      this.#writeSome()
    } catch (error) {
      if (sqliteCode(error) !== SQLITE.busy) throw error
      this.#writeAfter(EVERY_MS)
      return
    }
    if (!this.#lessons.isEmpty) this.#writeAfter(0)
  }

  #writeSome(): void {
    const some = this.#lessons.take(MOST_AT_ONCE)
    try {
      this.#open().write(some, Math.round(this.#parts.clock.now()))
    } catch (error) {
      this.#lessons.putBack(some)
      throw error
    }
  }

  #open(): HistoryStore {
    this.#store ??= new HistoryStore(this.#parts.path)
    return this.#store
  }

  #attempt<T>(what: keyof typeof WITHOUT, act: () => T): T | undefined {
    if (this.#isOver) return undefined
    try {
      return act()
    } catch (error) {
      this.#isOver = true
      this.#parts.warn(`${WITHOUT[what]}: ${troubleOf(error, this.path)}`)
      return undefined
    }
  }
}

const WITHOUT = {
  read: 'This run goes on without what earlier ones have taught',
  write: 'What this run teaches is not kept for later ones',
} as const
