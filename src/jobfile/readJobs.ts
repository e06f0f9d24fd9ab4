import { dirname } from 'node:path'
import { cwd } from 'node:process'
import type { Job } from '../job.ts'
import { at, createJobParser, JobIds, type JobParser, parseJob } from '../schema/index.ts'
import { createTurns } from '../turns.ts'
import { saysTooDeep, TOO_DEEP } from './depth.ts'
import { BrokenFile, type Entry, type Place, type Source, whereIs } from './entry.ts'
import { FaultList } from './faultList.ts'
import { formatOf, sourceOf } from './formats.ts'
import { entriesOf } from './plan.ts'
import { mustExist } from './unreadable.ts'

/** How job files are read; each option has a default. */
export interface ReadOptions {
  /** Folder that the file's name counts from. Default: the working folder. */
  readonly folder?: string | undefined
  /** Retries of a job that does not say. Default 0. */
  readonly retries?: number | undefined
  /** Ids that are taken; those of the jobs are added. Default: none. */
  readonly ids?: JobIds | undefined
}

/**
 * Reads the jobs of a file in batches; `-` is JSONL from standard input. JSONL and CSV are read as a stream: however
 * long the file is, little of it stands in memory as text.
 *
 * Throws `InvalidJobsError` with every fault at the end of the file. Batches that were yielded before are right by
 * themselves, but belong to a faulty file: whoever runs jobs waits for the end first.
 */
export async function* readJobs(file: string, options: ReadOptions = {}): AsyncGenerator<Job[]> {
  const faults = new FaultList()
  for await (const { jobs } of readFile(file, options, faults)) yield jobs
  faults.throwIfAny()
}

/** Jobs of several files. Throws `InvalidJobsError` with the faults of all of them. */
export async function readAllJobs(files: readonly string[], options: ReadOptions = {}): Promise<Job[]> {
  return (await readPlacedJobs(files, options)).jobs
}

/** Jobs, and the place of each: `jobs.jsonl:12`. */
export interface PlacedJobs {
  readonly jobs: Job[]
  placeOf(index: number): string
}

/** The same, with where each job stands: what is found wrong with it later can be told there. */
export async function readPlacedJobs(
  files: readonly string[],
  options: ReadOptions = {},
): Promise<PlacedJobs> {
  const ids = options.ids ?? new JobIds()
  const faults = new FaultList()
  const jobs: Job[] = []
  const places: Place[] = []
  const sources: { readonly source: Source; readonly from: number }[] = []
  for (const file of files) {
    sources.push({ source: sourceOf(file, options.folder ?? cwd()), from: jobs.length })
    for await (const batch of readFile(file, { ...options, ids }, faults)) {
      if (faults.count > 0) continue
      for (const job of batch.jobs) jobs.push(job)
      for (const place of batch.places) places.push(place)
    }
  }
  faults.throwIfAny()
  const placeOf = (index: number): string => {
    const file = sources.findLast(({ from }) => from <= index)
    return file ? at(whereIs(places[index] ?? '', file.source), []) : ''
  }
  return { jobs, placeOf }
}

/**
 * The jobs of one job as it stands on a command line, once for every combination of the sweep. `locate` names the
 * option that a key was given by. Throws `InvalidJobsError`.
 */
export function expandJob(
  spec: Readonly<Record<string, unknown>>,
  sweep: Readonly<Record<string, unknown>> | null,
  locate: (path: readonly (string | number)[]) => string,
  { folder = cwd(), retries, ids = new JobIds() }: ReadOptions = {},
): Job[] {
  const faults = new FaultList()
  const parse = createJobParser({ folder, from: 'data', retries })
  const source: Source = { shown: '', path: null }
  const document = sweep === null ? [spec] : { sweep, jobs: [spec] }
  const jobs = [...entriesOf(document, locate)].flatMap(
    batch => parseBatch(batch, source, parse, ids, faults).jobs,
  )
  faults.throwIfAny()
  return jobs
}

async function* readFile(file: string, options: ReadOptions, faults: FaultList): AsyncGenerator<Batch> {
  const { folder = cwd(), retries, ids = new JobIds() } = options
  const source = sourceOf(file, folder)
  let found = 0
  try {
    await mustExist(source)
    const format = await formatOf(source)
    const parse = createJobParser({ folder: folderOf(source, folder), from: format.from, retries })
    const turn = createTurns()
    for await (const batch of format.read(source)) {
      found += batch.length
      const parsed = parseBatch(batch, source, parse, ids, faults)
      if (parsed.jobs.length > 0) yield parsed
      if (faults.isFull) return
      await turn()
    }
    if (found === 0) faults.add({ where: source.shown, message: 'holds no jobs' })
  } catch (error) {
    if (error instanceof RangeError && saysTooDeep(error))
      faults.add({ where: source.shown, message: TOO_DEEP })
    else if (error instanceof BrokenFile) faults.add(error.fault)
    else throw error
  }
}

/** Relative paths in a file count from its own folder. */
function folderOf({ path }: Source, folder: string): string {
  return path === null ? folder : dirname(path)
}

/** Jobs that were read together, and the place of each. */
interface Batch {
  readonly jobs: Job[]
  readonly places: Place[]
}

function parseBatch(
  batch: readonly Entry[],
  source: Source,
  parse: JobParser,
  ids: JobIds,
  faults: FaultList,
): Batch {
  const parsed: Batch = { jobs: [], places: [] }
  for (const entry of batch) {
    if ('fault' in entry) faults.add(entry.fault)
    else {
      const result = parseJob(entry.raw, whereIs(entry.where, source), parse, ids)
      if (result.ok) {
        parsed.jobs.push(result.job)
        parsed.places.push(entry.where)
      } else for (const fault of result.faults) faults.add(fault)
    }
  }
  return parsed
}
