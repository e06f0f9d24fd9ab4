import type { NodeCapacity } from '../../node.ts'
import type { Free, Grant } from './free.ts'
import type { Bucket, PendingJob } from './queue.ts'
import type { Rule } from './rule/rule.ts'

/** A placement that is held now, as a policy sees it. */
export interface Held {
  readonly grant: Grant
  /** When it is expected to come back, ms since the epoch; later than now also for an overdue job. Reckoned when read. */
  readonly until: number
}

/** A node that takes jobs, as a policy sees it. */
export interface OpenNode {
  readonly name: string
  readonly capacity: NodeCapacity
  /** The same value as long as nothing was given or came back: what was read of it need not be read again. */
  readonly free: Free
  /** What runs there; computed when asked for. */
  held(): readonly Held[]
}

/** Where two lists of the same nodes differ. */
export interface NodeChanges {
  readonly from: readonly OpenNode[]
  readonly to: readonly OpenNode[]
  /** Positions of the nodes that have changed. */
  readonly at: readonly number[]
}

/** All that a policy may know when it decides. Values: looking ahead changes nothing. */
export interface Situation {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly nodes: readonly OpenNode[]
  /** How the nodes differ from those of the situation before, for who remembers these. Default: not known. */
  readonly changes?: NodeChanges | null
  readonly buckets: readonly Bucket[]
  /** So many decisions are carried out at most; what else may be placed comes with the next pass. Default: all. */
  readonly most?: number
  /** Predicted duration of a waiting job in seconds. */
  predict(pending: PendingJob): number
  /** How many jobs of a group have been placed in this run. */
  placedOf(group: string): number
  /**
   * Jobs that were passed over too often (see `Arrivals`), at most one of each priority, the highest first: nothing of
   * its priority or below should be placed on a node that could hold one, until it has its place.
   */
  readonly starving?: () => readonly PendingJob[]
}

/** One job to place, on a node, with what it gets there. */
export interface Decision {
  readonly pending: PendingJob
  /** Name of the node. */
  readonly node: string
  readonly grant: Grant
}

/** Hears how a policy comes to its decisions: `explain` listens, the scheduler does not. */
export interface Trace {
  /**
   * A place is kept for a job that fits nowhere now, on a node, from a time on (ms since the epoch): in this pass
   * nothing is placed that would delay it.
   */
  reserved(pending: PendingJob, node: string, at: number): void
}

/**
 * Decides which waiting jobs to place now, and where. A pure function of the situation: the scheduler carries the
 * decisions out in their order, and each ledger refuses what does not fit.
 */
export interface Policy {
  /** Stands in warnings about its decisions. */
  readonly name: string
  /** The rule that it places by, if it is one: then what it will do can be simulated. */
  readonly rule?: Rule
  /**
   * In the order in which they are to be carried out; none where nothing fits. A policy that keeps places tells
   * `trace` of them, where there is one, also when nothing else wants them; it decides the same with and without.
   */
  decide(situation: Situation, trace?: Trace): readonly Decision[]
}
