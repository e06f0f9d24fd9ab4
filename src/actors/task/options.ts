import type { WearLimits } from './wear.ts'

/** Options of `createTaskExecutor`. */
export interface TaskExecutorOptions {
  /** Milliseconds since the epoch: what `job.started` tells. */
  now(): number
  /** Environment of the workers, over which each job's own is laid. Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv
  /** Options for Node in the workers, `['--max-old-space-size=8192']` for example. Default none. */
  readonly execArgv?: readonly string[]
  /** A worker whose memory has grown past this many times that of the bare worker is replaced. Default 4. */
  readonly ramGrowthFactor?: number
  /** A worker is replaced when it has run this many tasks and lived `workerLifeS` seconds. Default 200. */
  readonly tasksPerWorker?: number
  /** Seconds; default 5. Keeps process starts at about 1 % of a worker's time, however short its tasks are. */
  readonly workerLifeS?: number
}

export const DEFAULT_LIMITS: WearLimits = { ramGrowthFactor: 4, tasksPerWorker: 200, workerLifeS: 5 }
