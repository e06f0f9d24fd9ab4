import type { CommandStand } from '../actors/command/executor.ts'
import type { Clock } from '../clock.ts'
import type { FixedRam, NodeCapacity } from '../node.ts'
import type { SchedulerOptions } from '../options.ts'
import type { MemoryLook } from '../probe/memoryLook.ts'
import type { ExecutorsByKind } from '../system.ts'

/**
 * Brings nodes: this machine, the allocation of a batch system, a cluster. It knows where nodes come from and how
 * something is started on them; what runs where is decided by the scheduler.
 */
export interface Backend {
  /** Of one word, as `--backend` takes it. */
  readonly name: string
  /** Whether functions (`inline`) can run: only where jobs run in the scheduler's own process. */
  readonly runsInline: boolean
  /**
   * Finds nodes. Resolves when the first have joined, so that it is known what can never fit; and when each node of
   * `host.open` has joined, or is proven to run nothing of ours. Rejects with a `LongshoreError` for people where there
   * are no nodes, or where one of these does not answer.
   */
  open(host: BackendHost): Promise<void>
  /** So many commands were added: what takes long to start may do so already. */
  expect?(commands: number): void
  /** The ends of these placements are in the journal: whoever keeps them may forget them. Unknown ids are ignored. */
  acknowledge(placementIds: readonly string[]): void
  /** Ends at once whatever will not end by itself: functions that do not heed their signal, jobs of silent nodes. */
  giveUp(): Promise<void>
  /** Ends all that was started on nodes, and hands them back. Nothing of ours is left anywhere when it resolves. */
  close(): Promise<void>
}

/** A node that joins. */
export interface BackendNode {
  readonly capacity: NodeCapacity
  /** All of its RAM in GiB, whatever jobs may use of it. */
  readonly totalGb: number
  readonly fixedRam: FixedRam
  readonly executors: ExecutorsByKind
  /** How the commands stand that an earlier scheduler has left there, of those in `host.open`, by id of placement. */
  readonly stands: ReadonlyMap<string, CommandStand>
  /** How much RAM there is now; `null` where that is not known. */
  look(): MemoryLook | null
}

/** What a backend is given, and whom it tells. */
export interface BackendHost {
  readonly options: SchedulerOptions
  /** Absolute; on several machines a folder that all of them share. */
  readonly runDir: string
  /** Whether the run has a journal: without one nobody takes over what it leaves, and nothing is to outlive it. */
  readonly isKept: boolean
  /** Whether an earlier scheduler had the run. */
  readonly isResumed: boolean
  readonly clock: Clock
  /** Commands of an earlier scheduler that may still run, by node: the output file of each by the id of its placement. */
  readonly open: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** Asked before orders to start leave this process, once for all of a turn of the event loop: false where they may not. */
  mayStart(): boolean
  /** These placements have not begun, or ended with what ran them: their jobs wait again, and no attempt is counted. */
  withdraw(placementIds: readonly string[]): void
  /** The run's folder cannot be written: nothing more is placed, what runs is let finish. `why` says what to do. */
  blocked(why: string): void
  /** A node takes jobs from now on; also one that was lost before. */
  join(node: BackendNode): void
  /** No contact: nothing more is placed there, and its jobs keep their places. `why` is one line for people. */
  silent(node: string, why: string): void
  /** There is contact again. */
  heard(node: string): void
  /** It takes nothing new; what runs there goes on. */
  leave(node: string, why: string): void
  /** PROOF that nothing of ours runs there any more: its jobs wait again, and that is no failure of theirs. */
  lost(node: string, why: string): void
  /** Jobs have to have ended by then (ms since the epoch; `null`: by no time), when what `by` names ends. */
  endBy(at: number | null, by: string): void
  /** One line for people. */
  warn(message: string): void
}
