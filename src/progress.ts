import type { JobFailure, Outcome, RanOut } from './job.ts'
import type { FixedRam, NodeCapacity } from './node.ts'

/** How many jobs of a run are in each state. */
export interface Counts {
  readonly total: number
  readonly pending: number
  readonly running: number
  readonly retrying: number
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
}

/** Where a run stands, in figures. All durations in seconds. */
export interface Progress {
  readonly counts: Counts
  readonly elapsedS: number
  /** Expected time to the end of the last job; `null` while nobody has said, and nothing taught, how long jobs take. */
  readonly remainingS: number | null
  /** Lower and upper end of its 80 % interval; `null` where none has been simulated yet. */
  readonly remainingIntervalS: readonly [number, number] | null
  /** Expected end, milliseconds since the epoch. */
  readonly endsAt: number | null
  /** Share of the expected total time that has passed, 0–1; of the jobs that have ended while no time is expected. */
  readonly fraction: number
  /** The job with the longest expected remaining time, running or pending. */
  readonly longest: { readonly id: string; readonly name: string; readonly remainingS: number } | null
}

/** A job that is running now, as a person wants to see it. */
export interface RunningJob {
  readonly id: string
  readonly name: string
  readonly group: string
  readonly node: string
  readonly attempt: number
  readonly startedAt: number
  readonly elapsedS: number
  /** Expected remaining time; never 0 for an overdue job. */
  readonly remainingS: number
  readonly overdue: boolean
  readonly threads: number
  /** RAM that is reserved, and resident RAM where it was measured. */
  readonly requestedRamGb: number
  readonly ramGb: number | null
  /** False for a job that asked for no RAM: it has promised nothing. */
  readonly hasAskedForRam: boolean
  readonly gpus: readonly number[]
}

/** What a placed job holds of its node. */
export interface Holding {
  readonly threads: number
  /** GiB, fixed RAM included. */
  readonly ramGb: number
  /** Positions of physical cores; empty where it is not pinned. */
  readonly cores: readonly number[]
  /** Ids of GPUs. */
  readonly gpus: readonly string[]
  /** Of each of these GPUs, 0 without one. */
  readonly gpuShare: number
  /** GiB on each of these GPUs, the CUDA context included. */
  readonly gpuRamGb: number
  /** Own resources. */
  readonly resources: Readonly<Record<string, number>>
}

/** What is taken of a resource: `used` of `capacity`, in threads or GiB or shares. */
export interface Use {
  readonly used: number
  readonly capacity: number
}

/** What is taken of a node. */
export interface NodeUse {
  readonly name: string
  readonly threads: Use
  readonly ramGb: Use
  readonly gpus: readonly {
    readonly id: string
    readonly name: string
    readonly share: Use
    readonly ramGb: Use
  }[]
  readonly resources: Readonly<Record<string, Use>>
}

/** That a run was stopped before its end: no more jobs are placed, or what runs is ended as well. */
export interface Stop {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** What stopped it, as in "stopped by Ctrl-C"; `null` where it was not told. */
  readonly by: string | null
  /** When what has not ended of itself is killed; `null` while running jobs are waited for. */
  readonly killsAt: number | null
}

/** A whole picture of a run at one moment: what reports and views draw. */
export interface RunPicture {
  readonly runDir: string | null
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly now: number
  readonly state: 'ready' | 'running' | 'paused' | 'draining' | 'closing' | 'ended'
  /** `null` while nobody has stopped it. */
  readonly stop: Stop | null
  readonly progress: Progress
  readonly nodes: readonly NodeUse[]
  /** Longest remaining first. */
  readonly running: readonly RunningJob[]
  /** The latest failures, newest first, at most 20. */
  readonly failures: readonly Outcome[]
}

/** What a run knew from earlier ones when its jobs were added. */
export interface HistoryUse {
  /** The file, absolute. */
  readonly path: string
  /** Number of jobs of which an earlier run had the duration. */
  readonly jobs: number
  /** Number of this run's groups of which an earlier run had jobs. */
  readonly groups: number
}

/** What a run came to: returned by `scheduler.run()`, kept as `summary.json`, drawn as the END report. */
export interface RunReport {
  readonly runDir: string | null
  readonly startedAt: number
  readonly endedAt: number
  readonly durationS: number
  readonly counts: Counts
  /** `null` for a run that nobody stopped. */
  readonly stop: Stop | null
  /** Jobs that were never started: they wait still, or were cancelled first. */
  readonly notStarted: number
  /** Jobs that wait still, since they would not have ended before the deadline (`scheduler.endBy`). */
  readonly late: number
  readonly outcomes: readonly Outcome[]
  /** Each group's learned time factor (duration / estimate) and what it was learned from. */
  readonly groups: readonly { readonly group: string; readonly factor: number; readonly jobs: number }[]
  /** Largest ratios of peak RAM to reserved RAM, largest first, at most 5. */
  readonly ramRatios: readonly {
    readonly id: string
    readonly name: string
    readonly peakRamGb: number
    readonly requestedRamGb: number
  }[]
  /** The first remaining time that was told, in seconds, and when; `null` where none was told. */
  readonly firstEstimate: {
    readonly atS: number
    readonly remainingS: number
    /** Ends of its 80 % interval; `null` where none was told. */
    readonly intervalS: readonly [number, number] | null
  } | null
  /** Of what earlier runs have taught; `null` where nothing was looked for. */
  readonly history: HistoryUse | null
  readonly nodes: readonly NodeCapacity[]
}

/** What happens in a run, in order: `scheduler.events$`, and a line each of `--reports json`. Times in ms since the epoch. */
export type RunEvent =
  | {
      readonly type: 'run.started'
      readonly at: number
      readonly jobs: number
      readonly nodes: readonly NodeCapacity[]
      readonly fixedRam: FixedRam
      readonly runDir: string | null
    }
  | { readonly type: 'jobs.added'; readonly at: number; readonly jobs: number }
  /** A node that was not there when the run began takes jobs from now on, or takes them again after it was lost. */
  | { readonly type: 'node.joined'; readonly at: number; readonly node: NodeCapacity }
  | (Holding & {
      readonly type: 'job.placed'
      readonly at: number
      readonly id: string
      readonly name: string
      readonly node: string
      readonly attempt: number
    })
  | { readonly type: 'job.started'; readonly at: number; readonly id: string; readonly pid: number | null }
  | {
      readonly type: 'job.retrying'
      readonly at: number
      readonly id: string
      readonly name: string
      readonly attempt: number
      readonly retryAt: number
      readonly failure: JobFailure
      /**
       * The memory of which it will have more, and how much in GiB, fixed RAM included; `others` of its group, which
       * wait and had asked for the same, get as much from now on. `null` for as much as before.
       */
      readonly more: { readonly of: RanOut; readonly gib: number; readonly others: number } | null
    }
  /** It is told to end, and will wait again: its machine is short of RAM, or the time of its nodes is over. */
  | { readonly type: 'job.evicting'; readonly at: number; readonly id: string; readonly name: string }
  /** It has lost its place (its node or launcher is gone, or it made room) and waits again: no attempt is counted. */
  | { readonly type: 'job.requeued'; readonly at: number; readonly id: string; readonly name: string }
  | { readonly type: 'job.ended'; readonly at: number; readonly outcome: Outcome }
  | { readonly type: 'burst.placed'; readonly at: number; readonly placed: number }
  | { readonly type: 'state.changed'; readonly at: number; readonly state: RunPicture['state'] }
  /**
   * Nothing more is placed, since none of the jobs that wait would end in time, or the deadline has come: `ended` jobs
   * run and are ended. `by` names what ends.
   */
  | {
      readonly type: 'time.over'
      readonly at: number
      readonly by: string
      readonly waiting: number
      readonly ended: number
    }
  | { readonly type: 'warning'; readonly at: number; readonly message: string }
  | { readonly type: 'run.ended'; readonly at: number; readonly durationS: number; readonly counts: Counts }
