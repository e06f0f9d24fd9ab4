import type { Observable } from 'rxjs'
import type { SnapshotFrom } from 'xstate'
import type { Explanation } from './explanation.ts'
import type { Job, Outcome } from './job.ts'
import type { jobMachine } from './machines/job.ts'
import type { Progress, RunEvent, RunPicture, RunReport } from './progress.ts'
import type { Resumed } from './run/resumption.ts'
import type { JobSpec } from './schema/index.ts'
import type { SchedulerActor } from './system.ts'

/** A job that was added, as its user follows it. */
export interface JobHandle {
  readonly id: string
  readonly name: string
  /** Resolves when the job has ended, however it did; never rejects. */
  readonly outcome: Promise<Outcome>
  /** Where the job stands now, as a snapshot of the job machine. */
  getSnapshot(): SnapshotFrom<typeof jobMachine>
}

/** Runs jobs. Made by `createScheduler`; must be closed, best by `await using` (Node 24 or later), else by `close()`. */
export interface Scheduler extends AsyncDisposable {
  /** What happens in the run, in order. */
  readonly events$: Observable<RunEvent>
  /** The XState actor of the whole system. */
  readonly actor: SchedulerActor
  /** How the run was found that this scheduler goes on with; `null` for a new one. Complete once all jobs are added. */
  readonly resumed: Resumed | null
  /** Folder of the run, absolute. */
  readonly runDir: string
  /**
   * Adds jobs; those that `readAllJobs` has checked go through. Throws an `InvalidJobsError` that names every fault when
   * one is malformed or can never fit; none of the call is added then. Throws a `ClosedError` after `close()`.
   */
  add(specs: JobSpec | Iterable<JobSpec | Job>): JobHandle[]
  /**
   * Adds jobs as `add` does, all or none, but lets the event loop go on meanwhile: for a hundred thousand of them, or
   * where they come bit by bit. Rejects with what `add` would throw; with a `ClosedError` also where `close()` is called
   * before all are added.
   */
  addAll(specs: Iterable<JobSpec | Job> | AsyncIterable<JobSpec | Job>): Promise<JobHandle[]>
  /** Starts placing, also again after or during `drain()`; jobs that are added later are placed as they come. */
  start(): void
  /** Starts, and resolves when all that was added has ended, or after `drain()` when nothing runs any more. */
  run(): Promise<RunReport>
  /**
   * Ends a job: one that waits at once, one that runs by TERM, grace, KILL. Returns whether there was anything to end.
   * Throws an `UnknownJobError`.
   */
  cancel(id: string): boolean
  /** Ends every job of a group. Returns how many were told to end. */
  cancelGroup(group: string): number
  /** Ends every job that has not ended. Returns how many were told to end. */
  cancelAll(): number
  /** Places nothing until `continue()`; what runs goes on. */
  pause(): void
  /** Places again after `pause()`. */
  continue(): void
  /** Places nothing any more; resolves when nothing runs. Reports name what stopped the run: `by`, say "Ctrl-C". */
  drain(by?: string): Promise<void>
  /**
   * Why a job waits, or was placed where it was, or how it ended: from the code that decides. Throws an
   * `UnknownJobError`.
   */
  explain(id: string): Explanation
  /** Where the run stands, in figures. */
  progress(): Progress
  /** The whole picture at this moment: nodes, running jobs, last failures. */
  picture(): RunPicture
  /**
   * Cancels what is left, ends every process, writes what is to be written. A second call waits for the first. Of a
   * run that has not ended reports name what stopped it: `by`, say "TERM".
   */
  close(by?: string): Promise<void>
}
