import type { Job, Request } from '../job.ts'
import type { NodeCapacity } from '../node.ts'

export { NO_FIXED_RAM } from '../simulator/noFixedRam.ts'

/** A request of one thread and nothing else, but for what is given. */
export function buildRequest(request: Partial<Request> = {}): Request {
  return {
    threads: 1,
    ramGb: 0,
    gpus: 0,
    gpuShare: 1,
    gpuRamGb: 0,
    physicalCores: 0,
    resources: {},
    ...request,
  }
}

/** What `buildJob` takes: keys of a job, and those of its request beside them. */
export type JobDraft = Partial<Omit<Job, 'request'>> & Partial<Request> & { readonly id: string }

/** A command job of one thread, estimated at 10 s, but for what is given. */
export function buildJob(draft: JobDraft): Job {
  const { threads, ramGb, gpus, gpuShare, gpuRamGb, physicalCores, resources, ...job } = draft
  const request = { threads, ramGb, gpus, gpuShare, gpuRamGb, physicalCores, resources }
  const given = Object.fromEntries(Object.entries(request).filter(([, amount]) => amount !== undefined))
  return {
    name: job.id,
    group: 'group',
    run: { kind: 'command', command: ['true'] },
    timeS: 10,
    priority: 0,
    retries: 0,
    timeoutS: null,
    env: {},
    cwd: null,
    ...job,
    request: buildRequest(given),
  }
}

/** What `buildNode` takes: `gpus` is a number of equal GPUs of `gpuRamGb` GiB each, `cores` one of cores with one thread. */
export interface NodeDraft {
  readonly name?: string
  readonly threads?: number
  readonly ramGb?: number
  readonly cores?: number
  readonly gpus?: number
  readonly gpuRamGb?: number
  readonly resources?: Readonly<Record<string, number>>
}

/** A node of 4 threads on 4 cores and 16 GiB without GPUs, but for what is given. */
export function buildNode(draft: NodeDraft = {}): NodeCapacity {
  const {
    name = 'node',
    threads = 4,
    ramGb = 16,
    cores = Math.floor(threads),
    gpus = 0,
    gpuRamGb = 24,
    resources = {},
  } = draft
  return {
    name,
    threads,
    ramGb,
    cores: Array.from({ length: cores }, (_, cpu) => ({ cpus: [cpu] })),
    gpus: Array.from({ length: gpus }, (_, i) => ({ id: String(i), name: 'GPU', ramGb: gpuRamGb })),
    resources,
  }
}
