import type { Job, Request } from '../job.ts'
import { faultsOf, type SpecFault } from './faults.ts'
import { groupOf, nameOf } from './names.ts'
import { createPathResolver, type PathResolver } from './paths.ts'
import { type CheckedSpec, codeSchema, dataSchema } from './schema.ts'
import { runOf, unclearRun } from './whatToRun.ts'

export interface ParserOptions {
  /** Absolute path that relative `task` and `cwd` count from. */
  readonly folder: string
  /** `code` takes `run`, `inline` and URLs as well. */
  readonly from: 'data' | 'code'
  /** Retries of a job that does not say. Default 0. */
  readonly retries?: number | undefined
}

/** A job that is whole but for its id, which is `null` where the user gave none. It becomes the job: no copy is made. */
export interface Draft extends Omit<Job, 'id'> {
  id: string | null
}

export type DraftResult =
  | { readonly ok: true; readonly draft: Draft }
  | { readonly ok: false; readonly faults: readonly SpecFault[] }

/** Checks one job after the other; equal parts of jobs are shared, so that a million of them fit into memory. */
export type JobParser = (raw: unknown) => DraftResult

const NOTHING = Object.freeze({})
const KEYS = {
  data: dataSchema.keyof().options,
  code: codeSchema.keyof().options,
} as const

export function createJobParser({ folder, from, retries = 0 }: ParserOptions): JobParser {
  const schema = from === 'code' ? codeSchema : dataSchema
  const paths = createPathResolver(folder)
  const shareRequest = createRequestSharer()
  return raw => {
    const checked = schema.safeParse(raw)
    if (!checked.success) return { ok: false, faults: faultsOf(checked.error.issues, raw, KEYS[from]) }
    const spec: CheckedSpec = checked.data
    const faults = [unclearRun(spec, from === 'code'), missingGpus(spec)].filter(fault => fault !== null)
    if (faults.length > 0) return { ok: false, faults }
    return { ok: true, draft: draftOf(spec, paths, retries, shareRequest) }
  }
}

/** Whoever wants RAM or a share of GPUs and names no number of them would get none. */
function missingGpus({ gpus, gpuShare, gpuRamGb }: CheckedSpec): SpecFault | null {
  if (typeof gpus === 'number') return null
  const key = (gpuRamGb ?? 0) > 0 ? 'gpuRamGb' : (gpuShare ?? 1) < 1 ? 'gpuShare' : null
  return (
    key && {
      path: [key],
      message: `expected gpus beside ${key}, got nothing: say of how many GPUs, e.g. gpus: 1`,
    }
  )
}

function draftOf(
  spec: CheckedSpec,
  paths: PathResolver,
  retries: number,
  shareRequest: (spec: CheckedSpec) => Request,
): Draft {
  const run = runOf(spec, paths)
  return {
    id: textOf(spec.id),
    name: textOf(spec.name) ?? nameOf(run),
    group: textOf(spec.group) ?? groupOf(run),
    run,
    request: shareRequest(spec),
    timeS: spec.timeS ?? null,
    priority: spec.priority ?? 0,
    retries: spec.retries ?? retries,
    timeoutS: spec.timeoutS ?? null,
    env: envOf(spec.env),
    cwd: typeof spec.cwd === 'string' ? paths.folder(spec.cwd) : null,
  }
}

function textOf(given: string | number | null | undefined): string | null {
  return given === undefined || given === null ? null : String(given)
}

function envOf(env: CheckedSpec['env']): Readonly<Record<string, string>> {
  if (!env) return NOTHING
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]))
}

/** Jobs that ask for the same hold the same object. */
function createRequestSharer(): (spec: CheckedSpec) => Request {
  const known = new Map<string, Request>()
  return spec => {
    const key = requestKey(spec)
    const before = known.get(key)
    if (before) return before
    const request = requestOf(spec)
    if (known.size >= MOST_SHARED) known.clear()
    known.set(key, request)
    return request
  }
}

/** Where there are more of them, hardly any is shared. */
const MOST_SHARED = 10_000

function requestKey(spec: CheckedSpec): string {
  const { threads, ramGb, gpus, gpuShare, gpuRamGb, physicalCores, resources } = spec
  const own = resources ? JSON.stringify(resources) : ''
  return `${threads}/${ramGb}/${gpus}/${gpuShare}/${gpuRamGb}/${physicalCores}/${own}`
}

function requestOf(spec: CheckedSpec): Request {
  return {
    threads: spec.threads ?? 1,
    ramGb: spec.ramGb ?? 0,
    gpus: spec.gpus ?? 0,
    gpuShare: spec.gpuShare ?? 1,
    gpuRamGb: spec.gpuRamGb ?? 0,
    physicalCores: spec.physicalCores ?? 0,
    resources: spec.resources ?? NOTHING,
  }
}
