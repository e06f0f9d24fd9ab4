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
}

const GPU_VARIABLES = ['CUDA_VISIBLE_DEVICES', 'ROCR_VISIBLE_DEVICES', 'HIP_VISIBLE_DEVICES'] as const

/** The worker of tasks without GPUs and pinned cores. */
export const PLAIN: WorkerKind = kindOf([], Object.fromEntries(GPU_VARIABLES.map(name => [name, ''])))

/** The kind of worker that a job needs. */
export function workerKind(work: Work): WorkerKind {
  const { gpus, cpus } = work.placement
  const isPlain = gpus.length === 0 && cpus.length === 0 && !setsGpus(work.job.env)
  return isPlain ? PLAIN : kindOf(cpus, gpuVariables(work))
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

function kindOf(cpus: readonly number[], visibleGpus: Record<string, string>): WorkerKind {
  const ids = Object.values(visibleGpus)
  return { key: `${ids.join(';')}@${cpus.join(',')}`, cpus, visibleGpus, hasGpus: ids.some(id => id !== '') }
}
