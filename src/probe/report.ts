import type { PhysicalCore } from '../node.ts'

/** A limit that was found, and the file or variable it was read from. */
export interface Limit {
  /** In CPUs for a CPU quota, in GiB for RAM. */
  readonly value: number
  readonly from: string
}

/** A physical core with its place in the machine. `cpus` holds only the logical CPUs that this process may use. */
export interface CoreReport extends PhysicalCore {
  /** Package (socket); -1 where the machine does not say. */
  readonly socket: number
  /** NUMA node; 0 where the machine does not say. */
  readonly numaNode: number
  readonly coreId: number
  /** On hybrid CPUs what the core is made for; `null` on all others. */
  readonly kind: 'performance' | 'efficiency' | null
}

/** What is seen of the CPUs. */
export interface CpuReport {
  /** Brand, `null` where nothing tells it. */
  readonly model: string | null
  /** Logical CPUs of the whole machine that are online. */
  readonly online: number
  /** Logical CPUs that this process may use (affinity, cpuset), ascending. */
  readonly allowed: readonly number[]
  /** The smallest CPU quota of any cgroup above this process; `null` for none. */
  readonly quota: Limit | null
  /** Usable threads: the allowed CPUs or the quota, whichever is less. A fraction where the quota is one. */
  readonly threads: number
  /** How many physical cores the allowed CPUs are on. */
  readonly physicalCores: number
  /** These cores in the order in which they are neighbours; empty where processes cannot be pinned (macOS). */
  readonly cores: readonly CoreReport[]
}

/** What is seen of the RAM, in GiB. */
export interface MemoryReport {
  /** RAM of the machine. */
  readonly machineGb: number
  /** RAM that this process may ever use: the machine's or the cgroup's limit, whichever is less. */
  readonly totalGb: number
  /** RAM that is free for use now, page cache that can be given up included. */
  readonly availableGb: number
  /** The smallest limit of any cgroup above this process that is below the machine's RAM; `null` for none. */
  readonly limit: Limit | null
}

/** A NUMA node that has CPUs which this process may use. */
export interface NumaReport {
  readonly id: number
  readonly cpus: readonly number[]
  /** RAM of the node in GiB, of which `freeGb` is free. */
  readonly totalGb: number
  readonly freeGb: number
}

/** A process that computes on a GPU now. */
export interface GpuProcess {
  readonly pid: number
  readonly name: string
  /** GPU RAM in GiB; `null` where the driver does not tell. */
  readonly ramGb: number | null
}

/** A GPU, or a MIG slice of one. */
export interface GpuReport {
  readonly vendor: 'nvidia' | 'amd'
  readonly kind: 'gpu' | 'mig'
  /** What `CUDA_VISIBLE_DEVICES` (AMD: `ROCR_VISIBLE_DEVICES`) must contain for a job on it. */
  readonly id: string
  /** Position of the physical GPU in the order of the vendor's tool. */
  readonly index: number
  readonly uuid: string | null
  /** For a MIG slice the UUID of its physical GPU, else `null`. */
  readonly parentUuid: string | null
  readonly name: string
  /** RAM in GiB; `null` where the driver does not tell. */
  readonly totalRamGb: number | null
  readonly freeRamGb: number | null
  /** Share of the time that it computed of late, 0–1; `null` where the driver does not tell. */
  readonly utilization: number | null
  /** Processes of others; empty also where the driver shows none (inside most containers). */
  readonly processes: readonly GpuProcess[]
}

/** What is seen of the GPUs. */
export interface GpusReport {
  /** Those that jobs may use, in the order of the caller's list of visible devices. */
  readonly gpus: readonly GpuReport[]
  /** Those that the caller's list of visible devices leaves out. */
  readonly hidden: readonly GpuReport[]
  /** The variable that chose the visible ones, `CUDA_VISIBLE_DEVICES=0,2`; `null` where none is set. */
  readonly visibleBy: string | null
  readonly warnings: readonly string[]
}

/** Threads, cores, RAM and NUMA nodes: the part of a report that takes a few file reads. */
export interface CpuAndMemoryReport {
  readonly cpu: CpuReport
  readonly memory: MemoryReport
  readonly numa: readonly NumaReport[]
  readonly warnings: readonly string[]
}

/** Everything that the probe sees of a machine. */
export interface NodeReport {
  /** Host name. */
  readonly name: string
  /** `linux`, `darwin`, … as Node names it. */
  readonly platform: string
  /** Name and version of the operating system, for people. */
  readonly os: string
  readonly cpu: CpuReport
  readonly memory: MemoryReport
  readonly numa: readonly NumaReport[]
  readonly gpus: readonly GpuReport[]
  readonly hiddenGpus: readonly GpuReport[]
  readonly visibleBy: string | null
  /** One sentence each: what is wrong or could not be seen, and what to do. */
  readonly warnings: readonly string[]
}
