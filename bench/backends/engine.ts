import type { BenchJob } from './jobs.ts'

/** How a contestant has run the jobs. */
export interface Played {
  /** Seconds from its start to the start of the first job. */
  readonly firstS: number
  /** Seconds from its start to the end of the last job. */
  readonly makespanS: number
}

/** A cluster that stands ready, and those who run jobs on it. */
export interface Cluster {
  /** What each node has, as `buildNode` takes it. */
  readonly nodes: readonly {
    readonly name: string
    readonly threads: number
    readonly ramGb: number
    readonly gpus: number
  }[]
  /** Options of `longshore run`, and the environment, by which it uses this cluster. */
  readonly longshore: { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv }
  /** The engine itself runs the jobs, without Longshore. */
  alone(jobs: readonly BenchJob[]): Promise<Played>
  stop(): Promise<void>
}

/** An engine that Longshore can run on. */
export interface Engine {
  readonly name: string
  /** How the engine alone is called in the table: `srun`. */
  readonly alone: string
  /** Most seconds to the first job on a cluster that stands ready. */
  readonly firstGoalS: number
  /** Why it cannot be measured here; `null` where it can. */
  missing(): Promise<string | null>
  start(): Promise<Cluster>
}
