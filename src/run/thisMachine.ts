import { hostname } from 'node:os'
import { fixedRamHere } from '../fixedRam.ts'
import type { FixedRam, NodeCapacity } from '../node.ts'
import type { SchedulerOptions } from '../options.ts'
import { capacityOf, probeCpuAndMemory, probeGpus } from '../probe/index.ts'

/** What jobs may use of this machine, and what is to be said of how that was found. */
export interface ThisMachine {
  readonly capacity: NodeCapacity
  /** All of its RAM, in GiB. */
  readonly totalGb: number
  readonly fixedRam: FixedRam
  readonly warnings: readonly string[]
}

/** Loading torch takes seconds, which nobody wants to wait for at each start. */
const CUDA_TIMEOUT_S = 10

/** Probes this machine, all parts at once. `bare`: what processes cost before they do anything, where that is known. */
export async function lookAtThisMachine(
  options: SchedulerOptions,
  bare?: Pick<FixedRam, 'command' | 'task'>,
): Promise<ThisMachine> {
  const gpus = probeGpus()
  const [quick, { gpus: seen, warnings }, fixedRam] = await Promise.all([
    probeCpuAndMemory(),
    gpus,
    gpus.then(report =>
      fixedRamHere(report.gpus, { cudaTimeoutS: CUDA_TIMEOUT_S, cudaGb: options.cudaContextGb, bare }),
    ),
  ])
  const capacity = capacityOf({ name: hostname(), gpus: seen, ...quick }, options)
  return { capacity, totalGb: quick.memory.totalGb, fixedRam, warnings: [...quick.warnings, ...warnings] }
}
