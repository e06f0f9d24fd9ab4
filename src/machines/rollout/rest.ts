import type { Demand } from '../placement/demand.ts'
import type { Free, Grant } from '../placement/free.ts'

/** A node at the start of a rollout. */
export interface RolloutNode {
  /** What it has in all. */
  readonly empty: Free
  /** What is free on it now. */
  readonly free: Free
}

/** A placement that runs at the start of a rollout. */
export interface RolloutRunning {
  /** Position among the nodes. */
  readonly node: number
  readonly grant: Grant
  /** Seconds since it was placed. */
  readonly elapsedS: number
  /** Seconds that it is expected to run yet. */
  readonly leftS: number
}

/** Waiting jobs of equal demand, group and priority. */
export interface RolloutBucket {
  readonly demand: Demand
  readonly group: string
  readonly priority: number
  /** Predicted seconds of each job, > 0, the longest first. */
  readonly predictedS: ArrayLike<number>
}

/** What is left of a run, at a moment that counts as second 0. */
export interface RestOfRun {
  readonly nodes: readonly RolloutNode[]
  readonly running: readonly RolloutRunning[]
  readonly buckets: readonly RolloutBucket[]
  /** How many jobs of each group were placed before. Default 0: matters only to rules with `groupStarts`. */
  readonly placedOf?: ReadonlyMap<string, number>
}

/** How long jobs really take, while the rule sees what was predicted. Default: as long as predicted. */
export interface Durations {
  /** Seconds of each waiting job, bucket after bucket, in the order of `predictedS`. */
  readonly pendingS?: ArrayLike<number>
  /** Seconds that each running job runs yet. */
  readonly runningS?: ArrayLike<number>
}

/** Where and when each waiting job ran, in the order of `Durations.pendingS`. */
export interface RolloutPlaces {
  /** Seconds from now; `NaN` for a job that found no place. */
  readonly startS: Float64Array
  /** Seconds from now; `NaN` for a job that found no place. */
  readonly endS: Float64Array
  /** Position of the node, −1 for none. */
  readonly node: Int32Array
  /** The jobs that found a place, in the order in which they were placed. */
  readonly order: number[]
}

/** What came of a rollout. */
export interface RolloutResult {
  /** Seconds from now to the end of the last job, 0 where there is none. */
  readonly makespanS: number
  /** Jobs that fit on no node, also when it is empty. */
  readonly unplaced: number
  /** Present when it was asked for. */
  readonly places?: RolloutPlaces
}
