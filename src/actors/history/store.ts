import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Remembered } from '../../machines/estimate/estimator.ts'
import { makeFolder } from '../makeFolder.ts'
import { openDatabase } from '../sqlite.ts'
import type { GroupLesson, JobLesson, Lessons } from './lessons.ts'
import { migrate } from './schema.ts'

/** Of a job so many runs count, the latest the most; of a group's earlier runs so many jobs. */
const MOST_RUNS = 4
const MOST_JOBS_OF_GROUP = 64

/** More than so many are forgotten, those first that were longest not run. */
export interface HistoryLimits {
  readonly jobs: number
  readonly groups: number
}

/** A file of half a million jobs takes about 25 MB. */
const LIMITS: HistoryLimits = { jobs: 500_000, groups: 20_000 }

/** How long a writer waits for another process: hardly while jobs are placed, for long when nothing else is to be done. */
const WAIT_MS = { whileRunning: 5, atTheEdges: 5000 } as const

/**
 * Nothing waits for the disk, which may take a third of a second: when the machine loses its power, what is learned may be
 * lost, and that can be learned again. What was written is moved into the file itself in small parts, for the same reason.
 */
const UNHURRIED = 'pragma journal_mode = wal; pragma synchronous = off; pragma wal_autocheckpoint = 200'

/** The file of what runs have taught, opened. Several processes may have it open. Every call throws what SQLite says. */
export class HistoryStore {
  readonly #db: DatabaseSync
  readonly #statements: ReturnType<typeof prepare>
  /** Groups whose earlier runs have been made to count less already, by this run. */
  readonly #faded = new Set<string>()

  /** Opens the file, and makes it, for its user alone, where it is not there. Throws a `NewerHistoryError`. */
  constructor(path: string) {
    makeFolder(dirname(path))
    closeSync(openSync(path, 'a', 0o600))
    this.#db = openDatabase(path)
    try {
      this.#wait(WAIT_MS.atTheEdges)
      this.#db.exec(UNHURRIED)
      migrate(this.#db, path)
      this.#statements = prepare(this.#db)
      this.#wait(WAIT_MS.whileRunning)
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  /** Whether any job is known. */
  get knowsJobs(): boolean {
    return this.#statements.anyJob.get() !== undefined
  }

  /** Seconds that a job took: the geometric mean of its last runs; `null` for one that is not known. */
  secondsOf(key: string): number | null {
    const row = this.#statements.job.get(key)
    return row ? Math.exp(Number(row['log_s'])) : null
  }

  groups(): Remembered[] {
    return this.#statements.groups.all().map(row => {
      const of = (name: string) => Number(row[name] ?? 0)
      const evidence = (kind: string) => ({
        weight: of(`${kind}_weight`),
        x: of(`${kind}_x`),
        d: of(`${kind}_d`),
        xx: of(`${kind}_xx`),
        xd: of(`${kind}_xd`),
        dd: of(`${kind}_dd`),
      })
      return { group: String(row['name']), given: evidence('given'), nothing: evidence('all') }
    })
  }

  /** Writes lessons, all of them or none. `at` in ms since the epoch. */
  write({ jobs, groups }: Lessons, at: number): void {
    this.#db.exec('begin immediate')
    try {
      for (const job of jobs) this.#writeJob(job, at)
      for (const [name, group] of groups) this.#writeGroup(name, group, at)
      this.#db.exec('commit')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('rollback')
      throw error
    }
    for (const name of groups.keys()) this.#faded.add(name)
  }

  /** Forgets what is too much. */
  prune(limits: HistoryLimits = LIMITS): void {
    this.#statements.pruneJobs.run(limits.jobs)
    this.#statements.pruneGroups.run(limits.groups)
  }

  /** Nothing is to be placed any more: there is time to wait for others. */
  waitLonger(): void {
    this.#wait(WAIT_MS.atTheEdges)
  }

  close(): void {
    this.#db.close()
  }

  #wait(ms: number): void {
    this.#db.exec(`pragma busy_timeout = ${ms}`)
  }

  #writeJob({ key, logS }: JobLesson, at: number): void {
    this.#statements.addJob.run(key, at, logS)
  }

  #writeGroup(name: string, { given, all }: GroupLesson, at: number): void {
    if (!this.#faded.has(name)) this.#statements.fade.run({ name, most: MOST_JOBS_OF_GROUP })
    const { weight, x, d, xx, xd, dd } = given
    this.#statements.addGroup.run(name, at, weight, x, d, xx, xd, dd, all.weight, all.d, all.dd)
  }
}

const SUMS = ['weight', 'x', 'd', 'xx', 'xd', 'dd']
const ALL_SUMS = ['weight', 'd', 'dd']
const COLUMNS = [...SUMS.map(sum => `given_${sum}`), ...ALL_SUMS.map(sum => `all_${sum}`)]

function prepare(db: DatabaseSync) {
  const faded = COLUMNS.map(column => {
    const weight = column.startsWith('given_') ? 'given_weight' : 'all_weight'
    return `${column} = ${column} * min(1, :most / max(${weight}, 1))`
  })
  return {
    anyJob: db.prepare('select 1 from jobs limit 1'),
    job: db.prepare('select log_s from jobs where key = ?'),
    groups: db.prepare('select * from groups'),
    addJob: db.prepare(
      `insert into jobs values (?, ?, 1, ?) on conflict do update set at = excluded.at, runs = runs + 1,
         log_s = log_s + (excluded.log_s - log_s) / min(runs + 1, ${MOST_RUNS})`,
    ),
    fade: db.prepare(`update groups set ${faded.join(', ')} where name = :name`),
    addGroup: db.prepare(
      `insert into groups values (?, ?, ${COLUMNS.map(() => '?').join(', ')}) on conflict do update set at = excluded.at,
         ${COLUMNS.map(column => `${column} = ${column} + excluded.${column}`).join(', ')}`,
    ),
    pruneJobs: db.prepare(pruneSql('jobs', 'key')),
    pruneGroups: db.prepare(pruneSql('groups', 'name')),
  }
}

function pruneSql(table: string, key: string): string {
  return `delete from ${table} where ${key} in (select ${key} from ${table} order by at desc limit -1 offset ?)`
}
