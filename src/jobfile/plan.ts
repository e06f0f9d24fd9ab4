import type { Path } from '../schema/faults.ts'
import { show } from '../schema/show.ts'
import { suggest } from '../schema/suggest.ts'
import type { Entry } from './entry.ts'
import { fillJob, isObject, misspeltPlaceholders } from './fill.ts'
import { combinations, parseSweep, type Sweep } from './sweep.ts'

/** Names the place of a part of a document: `jobs.yaml:12`. */
export type Locate = (path: Path) => string

const KEYS = ['defaults', 'sweep', 'jobs']
const BATCH = 500

/** The jobs of a document that has been read whole: a list of them, or an object `{ defaults, sweep, jobs }`. */
export function* entriesOf(document: unknown, locate: Locate): Generator<Entry[]> {
  if (Array.isArray(document)) yield* listed({ jobs: document, at: [], defaults: {}, locate })
  else if (isObject(document)) yield* planned(document, locate)
  else yield [fault(locate([]), `${EXPECTED}, got ${document === null ? 'nothing' : show(document)}`)]
}

const EXPECTED = 'expected a list of jobs, or an object with "jobs" (and, if wanted, "defaults" and "sweep")'

interface Listed {
  readonly jobs: readonly unknown[]
  /** Where the list stands in the document. */
  readonly at: Path
  readonly defaults: Readonly<Record<string, unknown>>
  readonly locate: Locate
}

function* planned(document: Readonly<Record<string, unknown>>, locate: Locate): Generator<Entry[]> {
  const { defaults, sweep: rawSweep, jobs } = document
  const faults = [...unknownKeys(document, locate), ...shapeFaults(defaults, jobs, locate)]
  const sweep = rawSweep === undefined || rawSweep === null ? null : parseSweep(rawSweep)
  if (sweep && !sweep.ok)
    faults.push(...sweep.faults.map(({ key, message }) => fault(at(locate, key), message)))
  if (faults.length > 0) yield faults
  if (!Array.isArray(jobs) || (sweep && !sweep.ok)) return
  const list = { jobs, at: ['jobs'], defaults: isObject(defaults) ? defaults : {}, locate }
  yield* sweep ? swept(list, sweep.sweep) : listed(list)
}

function at(locate: Locate, sweepKey: string | null): string {
  return locate(sweepKey === null ? ['sweep'] : ['sweep', sweepKey])
}

function unknownKeys(document: Readonly<Record<string, unknown>>, locate: Locate): Entry[] {
  return Object.keys(document)
    .filter(key => !KEYS.includes(key))
    .map(key => {
      const near = suggest(key, KEYS)
      const isJob = document['jobs'] === undefined && (key === 'command' || key === 'task')
      const advice = near
        ? `did you mean "${near}"?`
        : isJob
          ? 'put jobs into a list'
          : `known are ${KEYS.join(', ')}`
      return fault(locate([key]), `unknown key "${key}" beside jobs: ${advice}`)
    })
}

function shapeFaults(defaults: unknown, jobs: unknown, locate: Locate): Entry[] {
  const faults: Entry[] = []
  if (defaults !== undefined && defaults !== null && !isObject(defaults)) {
    faults.push(fault(locate(['defaults']), `expected defaults to be keys of a job, got ${show(defaults)}`))
  }
  if (!Array.isArray(jobs))
    faults.push(fault(locate(['jobs']), `expected jobs to be a list, got ${show(jobs)}`))
  return faults
}

function* listed(list: Listed): Generator<Entry[]> {
  for (let start = 0; start < list.jobs.length; start += BATCH) {
    yield list.jobs.slice(start, start + BATCH).map((job, i) => {
      return { raw: withDefaults(list.defaults, job), where: locator(list, start + i) }
    })
  }
}

/** Each job once for every combination; a placeholder that is misspelt is told once, not for each of them. */
function* swept(list: Listed, sweep: Sweep): Generator<Entry[]> {
  const keys = [...sweep.keys()]
  for (const [index, job] of list.jobs.entries()) {
    const template = withDefaults(list.defaults, job)
    const where = locator(list, index)
    const slips = misspeltPlaceholders(template, keys)
    if (slips.length > 0) yield slips.map(({ path, message }) => fault(where(path), message))
    else yield* filled(template, sweep, where)
  }
}

function* filled(template: unknown, sweep: Sweep, where: Locate): Generator<Entry[]> {
  let batch: Entry[] = []
  for (const combination of combinations(sweep)) {
    batch.push({ raw: fillJob(template, combination), where })
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** A key that a job does not have itself stands among the defaults. */
function locator({ jobs, at, defaults, locate }: Listed, index: number): Locate {
  return path => {
    const key = path[0]
    const job = jobs[index]
    const isDefault =
      key !== undefined && Object.hasOwn(defaults, key) && !(isObject(job) && Object.hasOwn(job, key))
    return locate(isDefault ? ['defaults', ...path] : [...at, index, ...path])
  }
}

/** A job over the defaults: variables and resources are put together name by name, all else is replaced. */
export function withDefaults(defaults: Readonly<Record<string, unknown>>, job: unknown): unknown {
  if (!isObject(job)) return job
  const merged: Record<string, unknown> = { ...base(defaults, job), ...job }
  for (const key of ['env', 'resources']) {
    const [below, above] = [defaults[key], job[key]]
    if (isObject(below) && isObject(above)) merged[key] = { ...below, ...above }
  }
  return merged
}

/** A job that says what it runs is not asked what the defaults would run. */
function base(defaults: Readonly<Record<string, unknown>>, job: Readonly<Record<string, unknown>>) {
  if (job['command'] === undefined && job['task'] === undefined) return defaults
  const { command: _, task: __, args, ...others } = defaults
  return job['command'] === undefined && args !== undefined ? { ...others, args } : others
}

function fault(where: string, message: string): Entry {
  return { fault: { where, message } }
}
