import type { ActorRefFrom } from 'xstate'
import type { NodeExecutors } from '../../events.ts'
import type { Work } from '../../executor.ts'
import type { Job, JobFailure, Outcome, Placement } from '../../job.ts'
import type { NodeCapacity } from '../../node.ts'
import type { RunEvent } from '../../progress.ts'
import type { Estimator } from '../estimate/estimator.ts'
import type { jobMachine } from '../job.ts'
import type { LedgerRef } from '../ledger.ts'
import { Deadline } from '../placement/deadline.ts'
import type { Room } from '../placement/growth.ts'
import type { Policy } from '../placement/policy.ts'
import { type PendingJob, PendingQueue } from '../placement/queue.ts'
import type { DeskRef } from './desk.ts'
import { JobTable } from './jobTable.ts'
import type { LiveJob } from './liveJob.ts'
import { LiveJobs } from './liveJobs.ts'
import { NodeNames } from './nodeNames.ts'
import { OpenNodes } from './openNodes.ts'
import { Predictions } from './predictions.ts'
import type { Defer, PassSignal } from './signal.ts'

export type JobRef = ActorRefFrom<typeof jobMachine>

/** A node that has joined: what it has, who guards it, who starts jobs there. */
export interface SchedulerNode {
  readonly capacity: NodeCapacity
  readonly ledger: LedgerRef
  readonly executors: NodeExecutors
}

/** Where a job of the run stands: in exactly one of these. */
export type JobRecord =
  | { readonly at: 'queue'; readonly pending: PendingJob }
  | { readonly at: 'place'; readonly live: LiveJob }
  | {
      readonly at: 'retrying'
      readonly pending: PendingJob
      readonly retryAt: number
      readonly failure: JobFailure
    }
  | {
      readonly at: 'end'
      readonly pending: PendingJob
      readonly outcome: Outcome
      /** True where an earlier scheduler brought it to its end, and told of it. */
      readonly before?: true
    }

/** When a failed job is tried again (ms since the epoch), and why it failed. */
export interface Retry {
  readonly at: number
  readonly failure: JobFailure
}

/** What the scheduler needs from outside: time, decisions, names of files, and who hears what happens. */
export interface SchedulerPorts {
  /** Milliseconds since the epoch. */
  now(): number
  readonly policy: Policy
  readonly estimator: Estimator
  readonly signal: PassSignal
  /** Runs a function when all has come that comes in this turn of the event loop. */
  readonly endOfTurn: Defer
  /** The placement as executors take it, with the paths of its files. */
  work(job: Job, placement: Placement): Work
  /** Writes outcomes down before anybody hears of them, and before their resources are free. */
  keep(outcomes: readonly Outcome[]): void
  /** Hears each event as it happens. */
  tell(event: RunEvent): void
  /** Seconds between TERM and KILL. */
  readonly graceS: number
  /** Seconds before the first retry. */
  readonly retryDelayS: number
  /** How often a job that ran out of memory is tried again with more. */
  readonly oomRetries: number
}

/** How many jobs have ended, and how. */
export interface EndCounts {
  succeeded: number
  failed: number
  cancelled: number
}

/**
 * What the scheduler remembers. It holds references and counts: a queue of a million jobs is an object of its own that
 * nobody else touches, not a value that each step would copy.
 */
export interface SchedulerState {
  readonly ports: SchedulerPorts
  /** Takes what jobs report. */
  readonly desk: DeskRef
  readonly queue: PendingQueue
  readonly predictions: Predictions
  /** Every job of the run by id, in the order in which they were added. */
  readonly jobs: JobTable
  readonly live: LiveJobs
  readonly retrying: Map<string, Extract<JobRecord, { at: 'retrying' }>>
  readonly nodes: Map<string, SchedulerNode>
  /** Those of them that take jobs, as policies see them. */
  readonly openNodes: OpenNodes
  readonly placedOfGroup: Map<string, number>
  readonly ends: EndCounts
  /** Names of the nodes that are short of RAM: they have room by their ledgers, but not in truth. */
  readonly short: NodeNames
  /** Names of the nodes without contact: what runs there may run on, so it keeps its place. */
  readonly silent: NodeNames
  /** By when jobs have to have ended. */
  readonly deadline: Deadline
  /** The most memory that a node could give, by key of demand: as long as the nodes stay the same. */
  readonly rooms: Map<string, Room>
  /** False for the pass after one of whose decisions none could be carried out. */
  readonly trust: { inPolicy: boolean }
}

/** The state of a scheduler that knows nothing yet. */
export function emptyState(ports: SchedulerPorts, desk: DeskRef): SchedulerState {
  return {
    ports,
    desk,
    queue: new PendingQueue(),
    predictions: new Predictions(ports.estimator),
    jobs: new JobTable(),
    live: new LiveJobs(),
    retrying: new Map(),
    nodes: new Map(),
    openNodes: new OpenNodes(),
    placedOfGroup: new Map(),
    short: new NodeNames(),
    silent: new NodeNames(),
    deadline: new Deadline(),
    rooms: new Map(),
    ends: { succeeded: 0, failed: 0, cancelled: 0 },
    trust: { inPolicy: true },
  }
}

/** Jobs that have not ended. */
export function unfinished(state: SchedulerState): number {
  return state.queue.size + state.live.size + state.retrying.size
}
