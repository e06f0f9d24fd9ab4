import { cwd } from 'node:process'
import { type Fault, InvalidJobsError } from '../errors.ts'
import type { Job } from '../job.ts'
import type { JobIds } from './ids.ts'
import type { JobSpec } from './jobSpec.ts'
import { complete, isJob, twice } from './parseJob.ts'
import { createJobParser, type Draft, type JobParser } from './parser.ts'

export interface ParseJobsOptions {
  /** Absolute path that relative `task` and `cwd` count from. Default: the working folder. */
  readonly folder?: string | undefined
  /** Retries of a job that does not say. Default 0. */
  readonly retries?: number | undefined
}

/**
 * Checks jobs that are added in one call; what has been parsed already (it came from a job file) goes through. Takes
 * their ids from `ids`: whoever refuses the jobs later gives them back with `ids.release`.
 *
 * Throws `InvalidJobsError` with every fault; then no id has been taken.
 */
export function parseJobs(
  specs: Iterable<JobSpec | Job>,
  ids: JobIds,
  options: ParseJobsOptions = {},
): Job[] {
  const parsing = new JobsParsing(ids, options)
  try {
    parsing.take(specs)
    return [...parsing.finish()].flat()
  } catch (error) {
    parsing.giveUp()
    throw error
  }
}

/** The same, for a call whose jobs come bit by bit: first all are taken, then all get their ids. */
export class JobsParsing {
  readonly #ids: JobIds
  readonly #parse: JobParser
  readonly #slices: (Draft | Job)[][] = []
  readonly #claimed: string[] = []
  readonly #faults: Fault[] = []
  #taken = 0

  constructor(ids: JobIds, { folder = cwd(), retries }: ParseJobsOptions = {}) {
    this.#ids = ids
    this.#parse = createJobParser({ folder, from: 'code', retries })
  }

  /** Takes some of the jobs. Ids that users gave come first: a hash can give way to them, they cannot give way to a hash. */
  take(specs: Iterable<JobSpec | Job>): void {
    const slice: (Draft | Job)[] = []
    for (const spec of specs) {
      const draft = this.#draftOf(spec, `jobs[${this.#taken++}]`)
      if (draft) slice.push(draft)
    }
    this.#slices.push(slice)
  }

  /**
   * The jobs, slice by slice as they were taken. Throws `InvalidJobsError` with every fault of all of them before the
   * first; then `giveUp` is to follow.
   */
  finish(): Iterable<Job[]> {
    if (this.#faults.length > 0) throw new InvalidJobsError(this.#faults)
    return this.#completed()
  }

  /** Gives the ids back that were taken. */
  giveUp(): void {
    this.#ids.release(this.#claimed.splice(0))
  }

  *#completed(): Generator<Job[]> {
    for (const slice of this.#slices.splice(0)) yield slice.map(draft => this.#complete(draft))
  }

  #complete(draft: Draft | Job): Job {
    const hadNone = draft.id === null
    const job = complete(draft, this.#ids)
    if (hadNone) this.#claimed.push(job.id)
    return job
  }

  #draftOf(spec: JobSpec | Job, where: string): Draft | Job | null {
    const result = isJob(spec) ? ({ ok: true, draft: spec } as const) : this.#parse(spec)
    if (result.ok) {
      this.#claimIdOf(result.draft, where)
      return result.draft
    }
    for (const { message } of result.faults) this.#faults.push({ where, message })
    return null
  }

  #claimIdOf({ id }: Draft | Job, where: string): void {
    if (id === null) return
    if (this.#ids.claim(id)) this.#claimed.push(id)
    else this.#faults.push(twice(where, id))
  }
}
