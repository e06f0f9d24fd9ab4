import { bareWorkerCommand } from './actors/task/executor.ts'
import type { FixedRam } from './node.ts'
import { type FixedRamReport, type GpuReport, measureFixedRam } from './probe/index.ts'

/** What need not be measured, and how long that may take. */
export interface FixedRamHereOptions {
  readonly cudaTimeoutS: number
  readonly cudaGb?: number | undefined
  readonly bare?: Pick<FixedRam, 'command' | 'task'> | undefined
}

/**
 * What the processes that Longshore starts cost before they do anything: a task's is the very worker that runs tasks.
 * `cudaTimeoutS` bounds the measuring of a CUDA context in seconds: loading torch takes long. `cudaGb` is taken as it
 * is, in GiB, where it is given; so are the figures of bare processes, which are the same wherever Node is.
 */
export function fixedRamHere(
  gpus: readonly GpuReport[],
  { cudaTimeoutS, cudaGb, bare }: FixedRamHereOptions,
): Promise<FixedRamReport> {
  const set = { ...bare, ...(cudaGb !== undefined && { cuda: cudaGb }) }
  return measureFixedRam({ gpus, set, worker: bareWorkerCommand(), cudaTimeoutS })
}
