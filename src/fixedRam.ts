import { bareWorkerCommand } from './actors/task/executor.ts'
import { type FixedRamReport, type GpuReport, measureFixedRam } from './probe/index.ts'

/**
 * What the processes that Longshore starts cost before they do anything: a task's is the very worker that runs tasks.
 * `cudaTimeoutS` bounds the measuring of a CUDA context in seconds: loading torch takes long. `cudaGb` is taken as it
 * is, in GiB, where it is given.
 */
export function fixedRamHere(
  gpus: readonly GpuReport[],
  { cudaTimeoutS, cudaGb }: { readonly cudaTimeoutS: number; readonly cudaGb?: number | undefined },
): Promise<FixedRamReport> {
  const set = cudaGb === undefined ? {} : { cuda: cudaGb }
  return measureFixedRam({ gpus, set, worker: bareWorkerCommand(), cudaTimeoutS })
}
