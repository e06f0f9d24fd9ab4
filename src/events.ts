import type { ActorRef, AnyActorRef, Snapshot } from 'xstate'
import type { ExecutorReport, Work } from './executor.ts'
import type { Ending, JobFailure, Outcome, RanOut, RunKind } from './job.ts'
import type { Grant } from './machines/placement/free.ts'
import type { Admitted } from './machines/scheduler/admit.ts'
import type { EndedBefore, HeldBefore } from './machines/scheduler/restore.ts'
import type { NodeCapacity } from './node.ts'

/** Whoever takes a message of type `E`. */
export type Receiver<E extends { type: string }> = ActorRef<Snapshot<unknown>, E>

/** To a job's actor. */
export type JobEvent =
  /** It has a place, and is to be started there by this executor. */
  | {
      readonly type: 'job.placed'
      readonly at: number
      readonly work: Work
      readonly executor: Receiver<ExecutorEvent>
    }
  | ExecutorReport
  /** Its time limit has passed. Sent by the job to itself. */
  | { readonly type: 'job.timedOut' }
  /** Somebody wants it to end. */
  | { readonly type: 'job.cancel' }
  /** It holds far more RAM (GiB) than was reserved for it, and is to end. */
  | { readonly type: 'job.overRam'; readonly ramGb: number }
  /** The machine is short of RAM, or the run is out of time: it ends, and goes back to the queue. */
  | { readonly type: 'job.evict' }
  /** Its node is gone: it goes back to the queue, and that counts as no failure. */
  | { readonly type: 'job.lost' }
  /** The wait after a failure is over. */
  | { readonly type: 'job.retryDue' }

/** To the executors of a node. */
export type ExecutorEvent =
  /** Start a placed job; what comes of it is told to `replyTo`. */
  | { readonly type: 'executor.start'; readonly work: Work; readonly replyTo: Receiver<ExecutorReport> }
  /** Ask a running job to end: TERM, or its AbortSignal. */
  | { readonly type: 'executor.terminate'; readonly placementId: string }
  /** End a running job at once: KILL. */
  | { readonly type: 'executor.kill'; readonly placementId: string }

/** To a node's ledger. */
export type LedgerEvent =
  /** Give a placement what its grant names, all of it or nothing. */
  | { readonly type: 'ledger.reserve'; readonly placementId: string; readonly grant: Grant }
  /** Take back what a placement held; once. */
  | { readonly type: 'ledger.release'; readonly placementId: string }
  /** Nothing new is given; what is taken may come back. */
  | { readonly type: 'ledger.drain' }
  /** The node takes jobs again. */
  | { readonly type: 'ledger.open' }

/** To a GPU's ledger; sent by its node's ledger alone. */
export type GpuLedgerEvent =
  /** Give a placement a share of this GPU and of its RAM. */
  | {
      readonly type: 'gpu.reserve'
      readonly placementId: string
      readonly gpuShare: number
      readonly gpuRam: number
    }
  /** Take back what a placement held of it; once. */
  | { readonly type: 'gpu.release'; readonly placementId: string }

/** What a ledger emits instead of doing what would break its invariants. */
export interface LedgerRefusal {
  readonly type: 'ledger.refused'
  readonly placementId: string
  /** `overcommit`: not all of it is free; `duplicate`: reserved already; `unknown`: never reserved, or released already; `closed`: the node takes nothing new. */
  readonly reason: 'overcommit' | 'duplicate' | 'unknown' | 'closed'
}

/** The executors of a node, one for each kind of job. */
export type NodeExecutors = Readonly<Record<RunKind, Receiver<ExecutorEvent>>>

/** What a job's actor tells the scheduler, by way of its desk. */
export type JobReport =
  /** Its process runs, or its function was called. */
  | {
      readonly type: 'job.running'
      readonly jobId: string
      readonly placementId: string
      readonly at: number
      readonly pid: number | null
    }
  /** It tells how much of it is done, 0–1. */
  | {
      readonly type: 'job.advanced'
      readonly jobId: string
      readonly placementId: string
      readonly fraction: number
    }
  /** It was killed a while ago, and runs still. */
  | { readonly type: 'job.stuck'; readonly jobId: string; readonly placementId: string }
  /** An attempt is over: nothing of it runs, so what it held can be given to others. */
  | {
      readonly type: 'job.settled'
      readonly jobId: string
      readonly placementId: string | null
      readonly settlement: Settlement
    }

/** To the scheduler's desk. */
export type DeskEvent =
  | JobReport
  /** The actor of a job that is data again: it serves one attempt. */
  | { readonly type: 'desk.dismiss'; readonly job: AnyActorRef }

/** How an attempt was settled. */
export type Settlement =
  | { readonly to: 'ended'; readonly outcome: Outcome; readonly ending: Ending | null }
  | {
      readonly to: 'retrying'
      readonly failure: JobFailure
      readonly retryAt: number
      readonly peakRamGb: number | null
      /** The memory that it ran out of, where it is to be given more of it. */
      readonly growsBy: RanOut | null
    }
  | { readonly to: 'pending' }

/** What is to happen for want of RAM. */
export type MemoryOrder =
  /** A node is short of RAM, with so much (GiB) available: nothing new is placed there. */
  | { readonly type: 'node.short'; readonly node: string; readonly availableGb: number }
  /** It is so no longer. */
  | { readonly type: 'node.eased'; readonly node: string; readonly availableGb: number }
  /** A job holds more RAM (GiB) than was reserved for it: the first of its group of which that is seen. */
  | {
      readonly type: 'job.overRequest'
      readonly jobId: string
      readonly ramGb: number
      readonly reservedGb: number
    }
  /** A job makes room, and goes back to the queue. */
  | { readonly type: 'job.evict'; readonly jobId: string }
  /** A job holds far more RAM (GiB) than was reserved for it, and is to end. */
  | { readonly type: 'job.overRam'; readonly jobId: string; readonly ramGb: number }

/** To the scheduler. */
export type SchedulerEvent =
  /** Place jobs from now on. */
  | { readonly type: 'scheduler.start' }
  /** Place nothing for now; what runs goes on. */
  | { readonly type: 'scheduler.pause' }
  /** Place again after a pause. */
  | { readonly type: 'scheduler.continue' }
  /** Place nothing any more, and let what runs come to its end. */
  | { readonly type: 'scheduler.drain' }
  /** Cancel all that is left, and end when nothing of it runs. */
  | { readonly type: 'scheduler.close' }
  /** Jobs have to have ended by then (ms since the epoch; `null`: by no time), when what `by` names ends. */
  | { readonly type: 'scheduler.endBy'; readonly at: number | null; readonly by: string }
  /** That time has come. Sent by the scheduler to itself. */
  | { readonly type: 'scheduler.outOfTime' }
  /** Something was freed, added, joined, left or cancelled since the last pass. */
  | { readonly type: 'scheduler.pass' }
  /** Jobs that were checked, and fit on some node, join the queue. */
  | { readonly type: 'jobs.add'; readonly jobs: readonly Admitted[] }
  /** Jobs that have ended before this scheduler took the run over. */
  | { readonly type: 'jobs.restore'; readonly ended: readonly EndedBefore[] }
  /** Placements that an earlier scheduler has made, and that still stand: they enter the ledger. */
  | { readonly type: 'jobs.adopt'; readonly held: readonly HeldBefore[] }
  /** End these jobs, wherever they stand. */
  | { readonly type: 'jobs.cancel'; readonly ids: readonly string[] }
  /** What the RAM of a node, and of the jobs there, asks for. */
  | MemoryOrder
  /** These placements have not begun, and are not to: their jobs wait again, and no attempt is counted. */
  | { readonly type: 'placements.withdraw'; readonly placementIds: readonly string[] }
  /** A failed job has waited long enough to be tried again. */
  | { readonly type: 'job.retryDue'; readonly jobId: string }
  /** A node, with its executors, takes jobs. */
  | { readonly type: 'node.join'; readonly capacity: NodeCapacity; readonly executors: NodeExecutors }
  /** There is no contact: nothing new is placed there, and what runs there keeps its place. */
  | { readonly type: 'node.silent'; readonly node: string }
  /** There is contact again. */
  | { readonly type: 'node.heard'; readonly node: string }
  /** Takes nothing new; what runs there goes on. */
  | { readonly type: 'node.leave'; readonly node: string }
  /** It is gone, and what ran there with it. */
  | { readonly type: 'node.lose'; readonly node: string }
  /** Jobs have reported something: it lies on the scheduler's desk. */
  | { readonly type: 'jobs.reported' }
