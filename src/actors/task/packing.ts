import type { Work } from '../../executor.ts'
import type { Placement, Request } from '../../job.ts'

/** A placed task on its way to its worker: all but its arguments as JSON, these for structured clone. */
export type PackedWork = readonly [json: string, args: unknown]

/**
 * Fields by position in JSON, since structured clone would take twice the time for the same with its keys: the
 * scheduler's side does this ten thousand times a second.
 */
export function packWork({ job, placement, paths }: Work): PackedWork {
  const { run } = job
  if (run.kind !== 'task') throw new TypeError(`Expected a task, got a job of kind ${run.kind}`)
  const fields: Fields = [
    [job.id, job.name, job.group, job.timeS, job.priority, job.retries, job.timeoutS, job.cwd],
    job.env,
    packRequest(job.request),
    run.module,
    packPlacement(placement),
    [paths.runDir, paths.jobDir, paths.output, paths.stdout, paths.stderr],
  ]
  return [JSON.stringify(fields), run.args]
}

/** The inverse of `packWork`. */
export function unpackWork([json, args]: PackedWork): Work {
  const [own, env, request, module, placement, files] = JSON.parse(json) as Fields
  const [id, name, group, timeS, priority, retries, timeoutS, cwd] = own
  const [runDir, jobDir, output, stdout, stderr] = files
  const run = { kind: 'task', module, args } as const
  return {
    job: {
      id,
      name,
      group,
      run,
      request: unpackRequest(request),
      timeS,
      priority,
      retries,
      timeoutS,
      env,
      cwd,
    },
    placement: unpackPlacement(placement),
    paths: { runDir, jobDir, output, stdout, stderr },
  }
}

type Fields = readonly [
  own: readonly [string, string, string, number | null, number, number, number | null, string | null],
  env: Readonly<Record<string, string>>,
  request: PackedRequest,
  module: string,
  placement: PackedPlacement,
  files: readonly [string, string, string, string, string],
]
type PackedRequest = readonly [number, number, number, number, number, number, Request['resources']]
type PackedPlacement = readonly [
  string,
  string,
  number,
  string,
  number,
  number,
  readonly number[],
  readonly number[],
  Placement['gpus'],
]

function packRequest(request: Request): PackedRequest {
  const { threads, ramGb, gpus, gpuShare, gpuRamGb, physicalCores, resources } = request
  return [threads, ramGb, gpus, gpuShare, gpuRamGb, physicalCores, resources]
}

function unpackRequest(packed: PackedRequest): Request {
  const [threads, ramGb, gpus, gpuShare, gpuRamGb, physicalCores, resources] = packed
  return { threads, ramGb, gpus, gpuShare, gpuRamGb, physicalCores, resources }
}

function packPlacement(placement: Placement): PackedPlacement {
  const { id, jobId, attempt, node, threads, ramGb, cores, cpus, gpus } = placement
  return [id, jobId, attempt, node, threads, ramGb, cores, cpus, gpus]
}

function unpackPlacement(packed: PackedPlacement): Placement {
  const [id, jobId, attempt, node, threads, ramGb, cores, cpus, gpus] = packed
  return { id, jobId, attempt, node, threads, ramGb, cores, cpus, gpus }
}
