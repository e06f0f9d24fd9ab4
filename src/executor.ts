import type { Ending, Job, JobPaths, Placement } from './job.ts'

/** A placed job, ready to be started. */
export interface Work {
  readonly job: Job
  readonly placement: Placement
  readonly paths: JobPaths
}

/** What an executor tells of an attempt; each but progress exactly once, `started` before `exited`. */
export type ExecutorReport =
  /** Its process runs, or its function was called. */
  | {
      readonly type: 'job.started'
      readonly placementId: string
      readonly at: number
      readonly pid: number | null
    }
  /** The job says how much of it is done, 0–1. */
  | { readonly type: 'job.progressed'; readonly placementId: string; readonly fraction: number }
  /** The attempt has ended, and nothing of it runs any more. */
  | { readonly type: 'job.exited'; readonly placementId: string; readonly ending: Ending }

/**
 * Starts and ends placed jobs of one kind on one node. A port: commands, tasks and inline functions fulfil it for
 * real, the simulator with scripted outcomes.
 *
 * Every `start` leads to exactly one `job.exited`, also when the job could not be started (then without
 * `job.started`), and only when nothing of the job runs any more: whoever hears it may give its resources away.
 */
export interface Executor {
  start(work: Work, tell: (report: ExecutorReport) => void): void
  /** Asks a running job to end: TERM to its process group, or its AbortSignal. Unknown ids are ignored. */
  terminate(placementId: string): void
  /** Ends a running job at once. Unknown ids are ignored. */
  kill(placementId: string): void
  /** A figure for the live view: resident memory in GiB of a running job, `null` where unknown. */
  ramGb?(placementId: string): number | null
  /** Ends the executor's own processes; jobs that still run are killed. */
  close(): Promise<void>
}
