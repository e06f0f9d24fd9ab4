import type { ExecutorEvent, JobReport, Receiver } from '../events.ts'
import type { Work } from '../executor.ts'
import type { Ending, Job, RanOut } from '../job.ts'

/** What a job's actor is started with. */
export interface JobInput {
  readonly job: Job
  /** Attempts that were started before. Default 0. */
  readonly attempts?: number
  /** How many of them ran out of memory and were tried again with more. Default 0. */
  readonly grown?: number
  /** How often this attempt lost its place before. Default 0. */
  readonly losses?: number
  /** Whether an earlier scheduler has placed it, so that it may have run for a while. Default false. */
  readonly isAdopted?: boolean
  /** Of which memory the next attempt could be given more. Default: of none. */
  readonly mayGrow?: Readonly<Record<RanOut, boolean>>
  /** Who hears how the job goes on. */
  readonly owner: Receiver<JobReport>
  /** Seconds between TERM and KILL. Default 10. */
  readonly graceS?: number
  /** Seconds before the first retry, doubled for each further one. Default 1. */
  readonly retryDelayS?: number
}

/** What a job's actor remembers. Times in ms since the epoch. */
export interface JobState {
  readonly job: Job
  readonly owner: Receiver<JobReport>
  readonly graceS: number
  readonly retryDelayS: number
  readonly attempts: number
  readonly grown: number
  readonly losses: number
  readonly isAdopted: boolean
  readonly mayGrow: Readonly<Record<RanOut, boolean>>
  readonly work: Work | null
  readonly executor: Receiver<ExecutorEvent> | null
  readonly placedAt: number | null
  readonly startedAt: number | null
  /** What the job last said of its progress, 0–1. */
  readonly fraction: number | null
  readonly timedOut: boolean
  /** The RAM in GiB for which it is ended; `null` for none. */
  readonly overRamGb: number | null
  readonly ending: Ending | null
  /** When a job in `retrying` is to be tried again: data, so that it outlives a restart. */
  readonly retryAt: number | null
}

/** Of an attempt that has not begun. */
export const NO_ATTEMPT = {
  work: null,
  executor: null,
  placedAt: null,
  startedAt: null,
  fraction: null,
  timedOut: false,
  overRamGb: null,
  ending: null,
  retryAt: null,
} satisfies Partial<JobState>

/** Of a job that can be given no more memory than it has asked for. */
export const NO_GROWTH = { ram: false, gpuRam: false } satisfies JobState['mayGrow']

/** What a job's actor remembers at its beginning. */
export function initialJobState({
  job,
  owner,
  graceS = 10,
  retryDelayS = 1,
  attempts = 0,
  grown = 0,
  losses = 0,
  isAdopted = false,
  mayGrow = NO_GROWTH,
}: JobInput): JobState {
  return { job, owner, graceS, retryDelayS, attempts, grown, losses, isAdopted, mayGrow, ...NO_ATTEMPT }
}
