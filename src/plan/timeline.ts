import type { OutcomeStatus } from '../job.ts'
import type { NodeCapacity } from '../node.ts'
import type { Holding } from '../progress.ts'

/** A job in its place: where, from when to when, and what it holds there. Seconds since the start of the run. */
export interface Bar extends Holding {
  readonly id: string
  readonly name: string
  readonly group: string
  /** Name of the node. */
  readonly node: string
  readonly startS: number
  readonly endS: number
  /** How it ended; `planned` where it has not been run. */
  readonly status: OutcomeStatus | 'planned'
}

/** What ran where, and when. */
export interface Timeline {
  readonly nodes: readonly NodeCapacity[]
  /** By start; of equal starts the one that was placed first. */
  readonly bars: readonly Bar[]
  /** Seconds from the start of the run to the end of its last job. */
  readonly endS: number
}
