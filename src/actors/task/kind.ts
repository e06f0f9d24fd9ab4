import { getHeapStatistics } from 'node:v8'
import type { Work } from '../../executor.ts'
import { jobEnvironment } from '../environment.ts'

/** What cannot be changed in a worker once it runs, so that tasks that differ in it need different workers. */
export interface WorkerKind {
  /** Equal for equal kinds. */
  readonly key: string
  /** Logical CPUs that it is pinned to; empty for all. */
  readonly cpus: readonly number[]
  /** The variables that say which GPUs it sees; libraries read them once. */
  readonly visibleGpus: Readonly<Record<string, string>>
  readonly hasGpus: boolean
  /** V8's heap limit in MiB where the task may use more RAM than V8 takes by itself, else `null`. */
  readonly heapMb: number | null
}

const GPU_VARIABLES = ['CUDA_VISIBLE_DEVICES', 'ROCR_VISIBLE_DEVICES', 'HIP_VISIBLE_DEVICES'] as const

/** The worker of tasks without GPUs and pinned cores. */
export const PLAIN: WorkerKind = kindOf([], Object.fromEntries(GPU_VARIABLES.map(name => [name, ''])))

/** The kind of worker that a job needs. */
export function workerKind(work: Work): WorkerKind {
  const { gpus, cpus } = work.placement
  const heapMb = heapFor(work.placement.ramGb)
  const isPlain = gpus.length === 0 && cpus.length === 0 && heapMb === null && !setsGpus(work.job.env)
  return isPlain ? PLAIN : kindOf(cpus, gpuVariables(work), heapMb)
}

/** That of a worker is that of this process, unless it is told otherwise. */
const OWN_HEAP_GB = getHeapStatistics().heap_size_limit / 2 ** 30

/** In whole GiB, so that tasks that differ by little share their workers. */
function heapFor(ramGb: number): number | null {
  return ramGb > OWN_HEAP_GB ? Math.ceil(ramGb) * 1024 : null
}

/** A job may set the variables itself: its own win. */
function setsGpus(env: Readonly<Record<string, string>>): boolean {
  for (const name in env) if (GPU_VARIABLES.some(variable => variable === name)) return true
  return false
}

function gpuVariables(work: Work): Record<string, string> {
  const variables = jobEnvironment(work)
  return Object.fromEntries(GPU_VARIABLES.map(name => [name, variables[name] ?? '']))
}

function kindOf(
  cpus: readonly number[],
  visibleGpus: Record<string, string>,
  heapMb: number | null = null,
): WorkerKind {
  const ids = Object.values(visibleGpus)
  const key = `${ids.join(';')}@${cpus.join(',')}/${heapMb ?? ''}`
  return { key, cpus, visibleGpus, hasGpus: ids.some(id => id !== ''), heapMb }
}
