import type { Distribution } from '../estimate/distribution.ts'
import type { Demand } from '../placement/demand.ts'
import type { Grant } from '../placement/free.ts'
import type { RolloutNode } from '../rollout/rest.ts'

/** A job that runs now. */
export interface RunningRest {
  /** Position among the nodes; `null` on one that takes nothing any more. */
  readonly node: number | null
  readonly grant: Grant
  readonly group: string
  /** Number of the job in its run: what is drawn for it hangs on that. */
  readonly seq: number
  /** What is believed of its total duration. */
  readonly duration: Distribution
  readonly elapsedS: number
}

/** A job that waits. */
export interface WaitingJob {
  readonly seq: number
  readonly duration: Distribution
}

/** Waiting jobs of equal demand, group and priority. */
export interface WaitingRest {
  readonly demand: Demand
  readonly group: string
  readonly priority: number
  readonly size: number
  /** The job at a place in the order of predicted durations, 0 for the longest. */
  at(position: number): WaitingJob
}

/** What is left of a run, with what is believed of each job's duration. */
export interface UncertainRest {
  readonly nodes: readonly RolloutNode[]
  readonly running: readonly RunningRest[]
  readonly buckets: readonly WaitingRest[]
}
