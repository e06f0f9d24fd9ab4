/** A physical core and the logical CPUs (siblings) on it. */
export interface PhysicalCore {
  readonly cpus: readonly number[]
}

/** A GPU, or a slice of one, as a job may use it. */
export interface GpuCapacity {
  /** What `CUDA_VISIBLE_DEVICES` takes for it: an index or a UUID. */
  readonly id: string
  readonly name: string
  /** RAM in GiB that jobs may use in all. */
  readonly ramGb: number
}

/** What jobs may use of a node: the ledger never gives more. */
export interface NodeCapacity {
  readonly name: string
  /** Threads, fractions allowed (a cgroup quota of 1.5 CPUs is 1.5 threads). */
  readonly threads: number
  /** RAM in GiB. */
  readonly ramGb: number
  /** Physical cores in the order in which they are neighbours. */
  readonly cores: readonly PhysicalCore[]
  readonly gpus: readonly GpuCapacity[]
  /** Own named resources. */
  readonly resources: Readonly<Record<string, number>>
}

/** What a process costs before it does anything, in GiB; added to each job's request. */
export interface FixedRam {
  readonly command: number
  readonly task: number
  readonly inline: number
  /** A CUDA context, on each GPU that a job uses. */
  readonly cuda: number
}
