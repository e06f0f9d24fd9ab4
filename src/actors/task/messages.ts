import type { JobFailure } from '../../job.ts'
import type { PackedWork } from './packing.ts'

/**
 * What the scheduler's side says to a worker process: a task to run, or that the one that runs is to end. A worker
 * runs one task at a time, so no message names its job.
 */
export type ToWorker = PackedWork | 'abort'

/** What a worker process says. */
export type FromWorker = Ready | Progressed | Done | Broken

/** The worker is up; nothing of a user's has been loaded yet. */
export interface Ready {
  readonly type: 'ready'
  /** Resident memory in GiB of the bare worker. */
  readonly ramGb: number
  /** V8's heap limit in MiB. */
  readonly heapLimitMb: number
}

export interface Progressed {
  readonly type: 'progressed'
  readonly fraction: number
}

/** The task has ended. What is as usual is left out: this message is sent ten thousand times a second. */
export interface Done {
  readonly type: 'done'
  readonly durationS: number
  readonly value?: unknown
  /** Present exactly when the task did not succeed. */
  readonly failure?: JobFailure
  /** Highest resident memory in GiB while the task ran; absent for a short one. */
  readonly peakRamGb?: number
  /** Resident memory in GiB after the task; absent where it was not measured this time. */
  readonly ramGb?: number
  readonly notRepresentative?: true
  readonly results?: Readonly<Record<string, string>>
  /** The process must not be used again: processes of the task still run, or its state is in doubt. */
  readonly spent?: true
}

/** Something failed in the idle worker: it takes no further task, also not one that is on its way to it. */
export interface Broken {
  readonly type: 'broken'
}
