import type { Stage } from './stage.ts'

/** What `run.ts` prints: one size, measured in a process of its own. */
export interface Measured {
  readonly jobs: number
  /** Reading, checking, ids. */
  readonly read: Stage
  /** What each request means to the nodes, records, queue. */
  readonly add: Stage
  /** The first placements, on empty nodes, until all are full. */
  readonly fill: Stage & { readonly placed: number }
  /** After that: jobs end, others are placed. */
  readonly steady: Stage & Placing
  /** A node is lost. */
  readonly lost: Stage & {
    /** So many jobs ran there. */
    readonly running: number
    /** Milliseconds of CPU time until all of them wait again and nothing of them is taken any more. */
    readonly handledMs: number
  }
  readonly peakRssGb: number
}

/** Of the placements of a stage, in CPU time of the scheduler's thread. */
export interface Placing {
  readonly placed: number
  /** Microseconds a placement: what a policy is shown, and what it decides. */
  readonly decideUs: number
  /** Microseconds a placement: the ledger reserves. */
  readonly ledgerUs: number
  /** Microseconds a placement: the job is taken out of the queue. */
  readonly queueUs: number
  /** The longest of all passes, in milliseconds: decision, ledger and queue. */
  readonly worstMs: number
  /** Microseconds of CPU time of the whole process for each job that ended and the one that followed it. */
  readonly jobUs: number
}
