import { cwd } from 'node:process'
import { type Fault, InvalidJobsError } from '../errors.ts'
import type { Job } from '../job.ts'
import type { Path } from './faults.ts'
import { digestOf, type JobIds } from './ids.ts'
import type { JobSpec } from './jobSpec.ts'
import { createJobParser, type Draft, type JobParser } from './parser.ts'

/** Where a job stands: a text, or how to find the line of a part of it. */
export type Where = string | ((path: Path) => string)

export type ParseResult =
  | { readonly ok: true; readonly job: Job }
  | { readonly ok: false; readonly faults: readonly Fault[] }

/** Checks a job, fills in every default, and gives it an id. */
export function parseJob(raw: unknown, where: Where, parse: JobParser, ids: JobIds): ParseResult {
  const result = parse(raw)
  if (!result.ok) {
    return {
      ok: false,
      faults: result.faults.map(({ path, message }) => ({ where: at(where, path), message })),
    }
  }
  const { draft } = result
  if (draft.givenId !== null && !ids.claim(draft.givenId))
    return { ok: false, faults: [twice(where, draft.givenId)] }
  return { ok: true, job: withId(draft, draft.givenId ?? ids.next(digestOf(draft))) }
}

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
  { folder = cwd(), retries }: ParseJobsOptions = {},
): Job[] {
  const drafts = draftAll(specs, createJobParser({ folder, from: 'code', retries }))
  claimGiven(drafts, ids)
  return drafts.map(draft =>
    'id' in draft ? draft : withId(draft, draft.givenId ?? ids.next(digestOf(draft))),
  )
}

function draftAll(specs: Iterable<JobSpec | Job>, parse: JobParser): (Draft | Job)[] {
  const drafts: (Draft | Job)[] = []
  const faults: Fault[] = []
  let index = 0
  for (const spec of specs) {
    const result = isJob(spec) ? ({ ok: true, draft: spec } as const) : parse(spec)
    if (result.ok) drafts.push(result.draft)
    else faults.push(...result.faults.map(({ message }) => ({ where: nth(index), message })))
    index += 1
  }
  if (faults.length > 0) throw new InvalidJobsError(faults)
  return drafts
}

/** Ids that users gave come first: a hash can give way to them, they cannot give way to a hash. */
function claimGiven(drafts: readonly (Draft | Job)[], ids: JobIds): void {
  const claimed: string[] = []
  const faults: Fault[] = []
  drafts.forEach((draft, index) => {
    const id = 'id' in draft ? draft.id : draft.givenId
    if (id === null) return
    if (ids.claim(id)) claimed.push(id)
    else faults.push(twice(nth(index), id))
  })
  if (faults.length === 0) return
  ids.release(claimed)
  throw new InvalidJobsError(faults)
}

/** True for a job that has been parsed already. */
export function isJob(spec: JobSpec | Job): spec is Job {
  return typeof spec === 'object' && spec !== null && 'request' in spec && 'run' in spec
}

function nth(index: number): string {
  return `jobs[${index}]`
}

/** The place of a part of a job, of the job itself for an empty path. */
export function at(where: Where, path: Path): string {
  return typeof where === 'string' ? where : where(path)
}

function twice(where: Where, id: string): Fault {
  return {
    where: at(where, ['id']),
    message: `expected id to be unique in a run, but "${id}" is the id of another job`,
  }
}

function withId({ givenId: _, ...job }: Draft, id: string): Job {
  return { id, ...job }
}
