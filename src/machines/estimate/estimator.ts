import type { Distribution } from './distribution.ts'
import type { Evidence } from './evidence.ts'

/** What an estimator knows of a job before it runs. */
export interface EstimatedJob {
  /** Names the job among those that run; unique in a run. */
  readonly id: string
  readonly group: string
  /** The user's estimate in seconds, `null` for none. */
  readonly timeS: number | null
  /** Seconds that the same job took in an earlier run; nothing where none is known. */
  readonly earlierS?: number
}

/** How long a job is expected to run, in all. */
export interface Prediction {
  /** Seconds, > 0: the median. Of two jobs of a group, both with the same kind of estimate, that with the longer one is longer. */
  readonly seconds: number
  /** True where neither the user nor finished or earlier jobs of the group said anything: the 60 s are a guess. */
  readonly guess: boolean
}

/** What finished jobs of a group have shown. */
export interface GroupEstimate {
  readonly group: string
  /** Sum of durations over sum of estimates, of the jobs that had one; 1 before one of them has ended. */
  readonly factor: number
  /** Number of jobs with an estimate that have ended. */
  readonly jobs: number
}

/** What earlier runs have taught of a group. */
export interface Remembered {
  readonly group: string
  /** Jobs with an estimate: x is ln(estimate), d is ln(duration / estimate), in seconds. */
  readonly given: Evidence
  /** All jobs, whether they had one or not: x is 0, d is ln(duration). */
  readonly nothing: Evidence
}

/**
 * Says how long jobs will take, and learns from those that run and have ended. Times in ms since the epoch. Every call
 * costs the same however many jobs there are, `at` as many steps as jobs run in the groups of which something changed.
 */
export interface Estimator {
  /** Expected total duration of a job. */
  predict(job: Omit<EstimatedJob, 'id'>): Prediction
  /**
   * What is believed of a job's total duration before it is asked how long it has run: to be drawn from by `sampleS` and
   * `quantileS`, which take that as an argument. What a running job told of its progress is in it.
   */
  distribution(job: EstimatedJob): Distribution
  /** A job was added to the run: its estimate is one of those that the others are compared with. */
  expect(job: Omit<EstimatedJob, 'id'>): void
  /** A job runs since `at`: the longer it does, the longer its group is taken to be. */
  started(job: EstimatedJob, at: number): void
  /** A running job tells how much of it is done, 0–1. */
  progressed(id: string, fraction: number, at: number): void
  /** A job does not run any more, whatever became of it. Unknown ids are ignored. */
  stopped(id: string): void
  /**
   * Learns from a job that has ended after `durationS` seconds. The caller leaves out jobs that failed, were cancelled,
   * or said that their duration is not representative.
   */
  learn(job: Omit<EstimatedJob, 'id'>, durationS: number): void
  /** Begins with what earlier runs have taught; once, before anything else. */
  remember(groups: Iterable<Remembered>): void
  /** It is so late now: jobs that still run say more than before. To be called before predictions are asked for. */
  at(now: number): void
  /** Every group of which a job has ended, in the order in which the groups were first seen. */
  groups(): readonly GroupEstimate[]
}
