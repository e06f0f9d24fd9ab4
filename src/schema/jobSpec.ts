import type { InlineFunction, Run } from '../job.ts'

/** What may be left out: `null` and `undefined` both mean "not given". */
type Optional<T> = T | null | undefined

/** A number stands for its text. */
type Text = string | number

/** What a job is called and what it asks for. Every default is filled in when it is added. */
interface SpecOfAnyJob {
  /** Unique in a run and safe as a file name. Default: a short hash of the job's content. */
  readonly id?: Optional<Text>
  /** What people see. Default: from the command or task and its parameters. */
  readonly name?: Optional<Text>
  /** Jobs that share one learned time factor. Default: base name of the program or task. */
  readonly group?: Optional<Text>
  /** Estimate in seconds, > 0; it need not be right. Default: what the group taught, else a guess of 60 s. */
  readonly timeS?: Optional<number>
  /** > 0, fractions allowed. Default 1. */
  readonly threads?: Optional<number>
  /** GiB ≥ 0, an upper bound, without the fixed RAM of a bare process. Default 0. */
  readonly ramGb?: Optional<number>
  /** Whole number ≥ 0. Default 0. */
  readonly gpus?: Optional<number>
  /** Share of each GPU, in (0, 1]. Default 1. */
  readonly gpuShare?: Optional<number>
  /** GiB ≥ 0 on each GPU, without the CUDA context. Default 0. */
  readonly gpuRamGb?: Optional<number>
  /** Contiguous physical cores that the job is pinned to, ≥ 0. Default 0: not pinned. */
  readonly physicalCores?: Optional<number>
  /** Own named resources, each > 0. Default none. */
  readonly resources?: Optional<Readonly<Record<string, number>>>
  /** Whole number; higher goes first, whatever its length. Default 0. */
  readonly priority?: Optional<number>
  /** How often the job is run again after a failure, ≥ 0. Default 0. */
  readonly retries?: Optional<number>
  /** Time limit in seconds, > 0: then TERM, a grace of 10 s, KILL. Default none. */
  readonly timeoutS?: Optional<number>
  /** Variables on top of the caller's. Default none. */
  readonly env?: Optional<Readonly<Record<string, Text>>>
  /** Working folder. Default: the caller's. */
  readonly cwd?: Optional<string>
}

/** Exactly one of `run`, `command`, `task` and `inline` says what to run. */
type WhatToRun =
  | { readonly run: Run; readonly command?: never; readonly task?: never; readonly inline?: never }
  | {
      /** A list is a program and its arguments; one text is run by `sh -c`. */
      readonly command: string | readonly Text[]
      readonly run?: never
      readonly task?: never
      readonly inline?: never
      readonly args?: never
    }
  | {
      /** Path or URL of a module, whose default export is called as `(args, context)` in a worker process. */
      readonly task: string | URL
      /** Handed to the task. Default `undefined`. */
      readonly args?: unknown
      readonly run?: never
      readonly command?: never
      readonly inline?: never
    }
  | {
      /** A function that is called as `(context)` in the scheduler's own process. */
      readonly inline: InlineFunction
      readonly run?: never
      readonly command?: never
      readonly task?: never
      readonly args?: never
    }

/** A job as a user gives it to `scheduler.add` or in a job file. */
export type JobSpec = SpecOfAnyJob & WhatToRun
