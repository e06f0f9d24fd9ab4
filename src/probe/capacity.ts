import type { GpuCapacity, NodeCapacity } from '../node.ts'
import type { CpuAndMemoryReport, GpuReport, NodeReport } from './report.ts'

/** What to use instead of what was measured, and how much there is of own resources. */
export interface CapacityOverrides {
  readonly threads?: number | undefined
  /** GiB that jobs may use in all; `ramFactor` is not applied to it. */
  readonly ramGb?: number | undefined
  /** The first N GPUs only; where there are fewer, N are pretended. */
  readonly gpus?: number | undefined
  /** GiB that jobs may use on each GPU; `gpuRamFactor` is not applied to it. */
  readonly gpuRamGb?: number | undefined
  readonly resources?: Readonly<Record<string, number>> | undefined
}

/** How much of what was seen jobs may use. */
export interface CapacityLimits {
  /** Upper bound of the threads. Default: none. */
  readonly maxThreads?: number | undefined
  /** Share of the RAM that is free now. Default 0.9. */
  readonly ramFactor?: number | undefined
  /** Share of each GPU's RAM that is free now. Default 0.9. */
  readonly gpuRamFactor?: number | undefined
  readonly capacity?: CapacityOverrides | undefined
}

/** The share of the free RAM, and of the free RAM of each GPU, that jobs may use. */
export const DEFAULT_RAM_FACTOR = 0.9
export const DEFAULT_GPU_RAM_FACTOR = 0.9

/** The parts of a report that a capacity is made of: those of a whole one, or put together from the quick part. */
export type MeasuredNode = Pick<NodeReport, 'name' | 'gpus'> & Pick<CpuAndMemoryReport, 'cpu' | 'memory'>

/** What jobs may use of a node, by what was seen of it and what the user wants. */
export function capacityOf(report: MeasuredNode, limits: CapacityLimits = {}): NodeCapacity {
  const { capacity = {}, maxThreads = Number.POSITIVE_INFINITY, ramFactor = DEFAULT_RAM_FACTOR } = limits
  return {
    name: report.name,
    threads: Math.min(capacity.threads ?? report.cpu.threads, maxThreads),
    ramGb: capacity.ramGb ?? report.memory.availableGb * ramFactor,
    cores: report.cpu.cores.map(({ cpus }) => ({ cpus })),
    gpus: gpusOf(report.gpus, limits),
    resources: capacity.resources ?? {},
  }
}

function gpusOf(seen: readonly GpuReport[], { capacity = {}, gpuRamFactor }: CapacityLimits): GpuCapacity[] {
  const factor = gpuRamFactor ?? DEFAULT_GPU_RAM_FACTOR
  const real = seen.map(({ id, name, freeRamGb }) => ({
    id,
    name,
    ramGb: capacity.gpuRamGb ?? (freeRamGb ?? 0) * factor,
  }))
  const count = capacity.gpus ?? real.length
  const pretended = pretendedGpus(real, count - real.length, capacity.gpuRamGb ?? 0)
  return [...real, ...pretended].slice(0, count)
}

/** GPUs that are not there, numbered by what no real one is called. */
function pretendedGpus(real: readonly GpuCapacity[], count: number, ramGb: number): GpuCapacity[] {
  const gpus: GpuCapacity[] = []
  for (let number = 0; gpus.length < count; number++) {
    const id = `${number}`
    if (!real.some(gpu => gpu.id === id)) gpus.push({ id, name: `GPU ${id} (pretended)`, ramGb })
  }
  return gpus
}
