export {
  type CapacityLimits,
  type CapacityOverrides,
  capacityOf,
  DEFAULT_GPU_RAM_FACTOR,
  DEFAULT_RAM_FACTOR,
  type MeasuredNode,
} from './capacity.ts'
export { probeCpuAndMemory } from './cpuAndMemory.ts'
export { describeNode } from './describe.ts'
export {
  ASSUMED_FIXED_RAM,
  type FigureSource,
  type FixedRamOptions,
  type FixedRamReport,
  measureFixedRam,
} from './fixedRam.ts'
export { type GpuProbeOptions, probeGpus } from './gpus.ts'
export { type ProbeOptions, probeNode } from './probeNode.ts'
export type * from './report.ts'
export { type BareProcess, ramOfProcess } from './residentRam.ts'
