/** What a job asks of a node. All amounts are upper bounds. */
export interface Request {
  /** Threads, > 0, fractions allowed. Default 1. */
  readonly threads: number
  /** RAM in GiB, without the fixed RAM of a bare process. Default 0. */
  readonly ramGb: number
  /** Number of GPUs. Default 0. */
  readonly gpus: number
  /** Share of each of these GPUs, in (0, 1]. Default 1. */
  readonly gpuShare: number
  /** RAM in GiB on each of these GPUs, without the CUDA context. Default 0. */
  readonly gpuRamGb: number
  /** Contiguous physical cores that the job is pinned to. Default 0 (not pinned). */
  readonly physicalCores: number
  /** Own named resources, each > 0. Default none. */
  readonly resources: Readonly<Record<string, number>>
}

/** A function that runs in the scheduler's own process. */
export type InlineFunction = (context: JobContext) => unknown

/** What to run: a command, a module's default export in a worker process, or a function in this process. */
export type Run =
  | { readonly kind: 'command'; readonly command: string | readonly string[] }
  | { readonly kind: 'task'; readonly module: string; readonly args: unknown }
  | { readonly kind: 'inline'; readonly fn: InlineFunction }

export type RunKind = Run['kind']

/** A job as the system knows it: checked, every default filled in. */
export interface Job {
  /** Unique in a run; safe as a file name. */
  readonly id: string
  readonly name: string
  /** Jobs of one group share one learned time factor. */
  readonly group: string
  readonly run: Run
  readonly request: Request
  /** The user's estimate in seconds, `null` where none was given. */
  readonly timeS: number | null
  /** Seconds that the same job took in an earlier run; nothing where no history knows of one. */
  readonly earlierS?: number
  /** Higher goes first, whatever its length. */
  readonly priority: number
  /** How often the job is run again after a failure. */
  readonly retries: number
  /** Time limit in seconds: then TERM, a grace of 10 s, KILL. `null` for none. */
  readonly timeoutS: number | null
  /** Variables on top of the caller's environment. */
  readonly env: Readonly<Record<string, string>>
  /** Working folder; `null` for the caller's. */
  readonly cwd: string | null
}

/** A GPU that a placed job may use. */
export interface PlacedGpu {
  /** Position among the node's GPUs. */
  readonly index: number
  /** What `CUDA_VISIBLE_DEVICES` takes: an index or a UUID. */
  readonly id: string
}

/** A job, a node, and the very threads, cores and GPUs that it may use there. */
export interface Placement {
  /** Unique in a run: `jobId#attempt`; `jobId#attempt.1` where the attempt is made again after a node was lost. */
  readonly id: string
  readonly jobId: string
  /** 1 for the first attempt. */
  readonly attempt: number
  /** Name of the node. */
  readonly node: string
  readonly threads: number
  /** RAM in GiB that is reserved, fixed RAM included. */
  readonly ramGb: number
  /** Positions of the physical cores that the job is pinned to; empty when it is not pinned. */
  readonly cores: readonly number[]
  /** Logical CPUs of these cores, as `taskset` takes them. */
  readonly cpus: readonly number[]
  readonly gpus: readonly PlacedGpu[]
}

/** Files of one attempt of a job, absolute paths. */
export interface JobPaths {
  readonly runDir: string
  /** A folder of the job's own (`LONGSHORE_JOB_DIR`). */
  readonly jobDir: string
  /** The file of `key=value` lines that the job may write (`LONGSHORE_OUTPUT`). */
  readonly output: string
  readonly stdout: string
  readonly stderr: string
}

/** Why an attempt did not succeed, in the shape of an error that crosses processes. */
export interface JobFailure {
  /**
   * `exit`: a non-zero exit code; `signal`: ended by a signal; `error`: a function threw; `start`: it could not be
   * started; `timeout`: ran into its time limit; `lost`: its worker, launcher or node died.
   */
  readonly reason: 'exit' | 'signal' | 'error' | 'start' | 'timeout' | 'lost'
  /** One line for people: what was wrong and, where known, what to do. */
  readonly message: string
  /** For `error`: name of the thrown error, its stack, its cause (in the same shape where it was an error). */
  readonly name?: string
  readonly stack?: string
  readonly cause?: unknown
  /** What it ran out of, where there is evidence: the job may then be tried again with more of just that. */
  readonly ranOut?: RanOut
}

/** Memory that a job can run out of: a node's, or that of a GPU. */
export type RanOut = 'ram' | 'gpuRam'

/** What an executor says about an attempt that has ended and whose processes are gone. */
export interface Ending {
  readonly ok: boolean
  /** Result of a task or function, else `undefined`. */
  readonly value: unknown
  readonly exitCode: number | null
  readonly signal: string | null
  /** Present exactly when `ok` is false. */
  readonly failure?: JobFailure
  /** From the start of the process or call to its end. */
  readonly durationS: number
  /** Highest resident memory of the process tree in GiB; `null` where it ended too soon to be seen. */
  readonly peakRamGb: number | null
  /** False where the job said that its duration teaches nothing (`representative=false`). */
  readonly representative: boolean
  /** What the job wrote into its output file, reserved keys left out. */
  readonly results: Readonly<Record<string, string>>
}

/** How a job ended. */
export type OutcomeStatus = 'succeeded' | 'failed' | 'cancelled'

/** The end of a job, after its last attempt. */
export interface Outcome {
  readonly id: string
  readonly name: string
  readonly group: string
  readonly status: OutcomeStatus
  readonly value: unknown
  readonly exitCode: number | null
  readonly signal: string | null
  readonly failure?: JobFailure
  /** Milliseconds since the epoch; `null` for a job that was never started. */
  readonly startedAt: number | null
  /** Duration of the last attempt in seconds, 0 for a job that was never started. */
  readonly durationS: number
  readonly peakRamGb: number | null
  /** Name of the node of the last attempt; `null` for a job that was never placed. */
  readonly node: string | null
  /** Number of attempts that were started. */
  readonly attempts: number
  readonly representative: boolean
  readonly results: Readonly<Record<string, string>>
}

/** What a task or an inline function is told, and what it may say. */
export interface JobContext {
  readonly id: string
  readonly name: string
  /** 1 for the first attempt. */
  readonly attempt: number
  readonly node: string
  readonly threads: number
  /** RAM in GiB that is reserved for the job. */
  readonly ramGb: number
  /** Physical cores that the job was given. */
  readonly cores: readonly number[]
  /** Ids of the GPUs that the job may use. */
  readonly gpus: readonly string[]
  readonly jobDir: string
  readonly runDir: string
  /** Aborted when the job is cancelled or its time is over. */
  readonly signal: AbortSignal
  /** Writes a line into the job's log (`logs/ID.out`). */
  log(...values: unknown[]): void
  /** Says how much of the job is done, in [0, 1]: its remaining time is then estimated from that. */
  progress(fraction: number): void
  /** Keeps the job's duration out of the learning: it was a cached result, say. */
  notRepresentative(): void
}
