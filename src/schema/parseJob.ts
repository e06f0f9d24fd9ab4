import type { Fault } from '../errors.ts'
import type { Job } from '../job.ts'
import type { Path } from './faults.ts'
import { digestOf, type JobIds } from './ids.ts'
import type { JobSpec } from './jobSpec.ts'
import type { Draft, JobParser } from './parser.ts'

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
  if (draft.id !== null && !ids.claim(draft.id)) return { ok: false, faults: [twice(where, draft.id)] }
  return { ok: true, job: complete(draft, ids) }
}

/** True for a job that has been parsed already. */
export function isJob(spec: JobSpec | Job): spec is Job {
  return typeof spec === 'object' && spec !== null && 'request' in spec && 'run' in spec
}

/** The place of a part of a job, of the job itself for an empty path. */
export function at(where: Where, path: Path): string {
  return typeof where === 'string' ? where : where(path)
}

/** The fault of an id that another job has already. */
export function twice(where: Where, id: string): Fault {
  return {
    where: at(where, ['id']),
    message: `expected id to be unique in a run, but "${id}" is the id of another job`,
  }
}

/** Gives a draft the id that its user did not: then it is a job. */
export function complete(draft: Draft | Job, ids: JobIds): Job {
  if (isNamed(draft)) return draft
  return Object.assign(draft, { id: ids.next(digestOf(draft)) })
}

function isNamed(draft: Draft | Job): draft is Job {
  return draft.id !== null
}
