import type { Job, Request, Run } from '../../job.ts'
import { type PackedValue, packComparable, unpackValue } from './values.ts'

/** A job in the journal: the keys of a job file; what has its default is left out. */
interface JobRow {
  readonly name: string
  readonly group: string
  readonly command?: string | readonly string[]
  readonly task?: string
  readonly args?: PackedValue
  /** The function itself cannot be kept: whoever resumes hands it in again. */
  readonly inline?: true
  readonly timeS?: number
  readonly request?: Partial<Request>
  readonly priority?: number
  readonly retries?: number
  readonly timeoutS?: number
  readonly env?: Job['env']
  readonly cwd?: string
}

const PLAIN: Request = {
  threads: 1,
  ramGb: 0,
  gpus: 0,
  gpuShare: 1,
  gpuRamGb: 0,
  physicalCores: 0,
  resources: {},
}

/** The text that stands for a job; equal texts for equal jobs. */
export function packJob(job: Job): string {
  const { name, group, run, request, timeS, priority, retries, timeoutS, env, cwd } = job
  const asks = packRequest(request)
  const row: JobRow = {
    name,
    group,
    ...packRun(run),
    ...(timeS !== null && { timeS }),
    ...(asks && { request: asks }),
    ...(priority !== 0 && { priority }),
    ...(retries !== 0 && { retries }),
    ...(timeoutS !== null && { timeoutS }),
    ...(Object.keys(env).length > 0 && { env }),
    ...(cwd !== null && { cwd }),
  }
  return JSON.stringify(row)
}

/** The job that a text stands for. Throws where it is no such text. */
export function unpackJob(id: string, text: string): Job {
  const row: JobRow = JSON.parse(text)
  const { name, group, request, timeS, priority, retries, timeoutS, env, cwd } = row
  return {
    id,
    name,
    group,
    run: unpackRun(row),
    request: request ? shared(request) : PLAIN,
    timeS: timeS ?? null,
    priority: priority ?? 0,
    retries: retries ?? 0,
    timeoutS: timeoutS ?? null,
    env: env ?? NO_ENV,
    cwd: cwd ?? null,
  }
}

const NO_ENV: Job['env'] = {}

/** Jobs that ask for the same share what they ask: of a hundred thousand there are a few. */
const requests = new Map<string, Request>()
/** A run in which each job asks for something else must not keep them all. */
const MOST_REQUESTS = 1000

function shared(request: Partial<Request>): Request {
  const key = JSON.stringify(request)
  const known = requests.get(key)
  if (known) return known
  const whole = { ...PLAIN, ...request }
  if (requests.size < MOST_REQUESTS) requests.set(key, whole)
  return whole
}

function packRequest(request: Request): Partial<Request> | null {
  const { resources, ...amounts } = request
  const own = Object.keys(resources).length > 0 ? [['resources', resources] as const] : []
  const asked = Object.entries(amounts).filter(([key, amount]) => amount !== PLAIN[key as keyof Request])
  return asked.length + own.length === 0 ? null : Object.fromEntries([...asked, ...own])
}

function packRun(run: Run): Pick<JobRow, 'command' | 'task' | 'args' | 'inline'> {
  if (run.kind === 'command') return { command: run.command }
  if (run.kind === 'inline') return { inline: true }
  return { task: run.module, ...(run.args !== undefined && { args: packComparable(run.args) }) }
}

function unpackRun({ command, task, args, inline }: JobRow): Run {
  if (command !== undefined) return { kind: 'command', command }
  if (task !== undefined) return { kind: 'task', module: task, args: unpackValue(args) }
  if (inline) return { kind: 'inline', fn: functionIsGone }
  throw new TypeError('a job without command and task')
}

function functionIsGone(): never {
  throw new Error('This function was part of a program that has ended: add it again to run it.')
}
