/** A fault in what a user gave: where it stands and what was expected. */
export interface Fault {
  /** `jobs.jsonl:12`, `jobs[3]`, `--sweep`; empty where there is no place to name. */
  readonly where: string
  /** `expected threads to be a number > 0, got -1` */
  readonly message: string
  /** Position, from 0, of the job at fault among those of the call, where the fault is that of one of them. */
  readonly index?: number
}

/** Base of every error that Longshore throws at its user: its message says what to do, its stack is not shown. */
export class LongshoreError extends Error {
  override name = 'LongshoreError'
}

/** Thrown when jobs are malformed or can never fit; nothing of the call was added. `faults` holds every fault. */
export class InvalidJobsError extends LongshoreError {
  override name = 'InvalidJobsError'
  readonly faults: readonly Fault[]
  constructor(faults: readonly Fault[]) {
    super(describeFaults(faults))
    this.faults = faults
  }
}

/** Thrown when an option of `createScheduler` or of the command line is wrong. */
export class InvalidOptionsError extends LongshoreError {
  override name = 'InvalidOptionsError'
  readonly faults: readonly Fault[]
  constructor(faults: readonly Fault[]) {
    super(describeFaults(faults))
    this.faults = faults
  }
}

/** Thrown when something is asked of a scheduler that has been closed. */
export class ClosedError extends LongshoreError {
  override name = 'ClosedError'
}

/** Thrown when an id names no job of the run. */
export class UnknownJobError extends LongshoreError {
  override name = 'UnknownJobError'
  readonly id: string
  /** `near`: the id that was most likely meant. */
  constructor(id: string, near: string | null = null) {
    super(`No job "${id}" in this run${near === null ? '.' : `: did you mean "${near}"?`}`)
    this.id = id
  }
}

/** Thrown when the journal of a run cannot be read or written; `path` is its file. */
export class JournalError extends LongshoreError {
  override name = 'JournalError'
  readonly path: string
  constructor(path: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.path = path
  }
}

/** Who runs the jobs of a folder. */
export interface RunHolder {
  readonly pid: number
  readonly host: string
  /** Milliseconds since the epoch. */
  readonly since: number
}

/** Thrown when another process runs the jobs of this folder; `holder` is `null` where it has not said yet who it is. */
export class RunHeldError extends LongshoreError {
  override name = 'RunHeldError'
  readonly runDir: string
  readonly holder: RunHolder | null
  constructor(runDir: string, holder: RunHolder | null) {
    const who = holder
      ? `process ${holder.pid} on ${holder.host}, since ${new Date(holder.since).toISOString()}`
      : 'another process'
    super(
      `${runDir} is being run by ${who}. Look at it with: longshore status ${runDir}, or end that process first`,
    )
    this.runDir = runDir
    this.holder = holder
  }
}

const MOST_FAULTS = 20

/** One line a fault, at most 20, then how many more there are. */
export function describeFaults(faults: readonly Fault[]): string {
  const lines = faults
    .slice(0, MOST_FAULTS)
    .map(({ where, message }) => (where ? `${where}: ${message}` : message))
  const more = faults.length - MOST_FAULTS
  if (more > 0) lines.push(`… and ${more} more fault${more === 1 ? '' : 's'}`)
  return lines.join('\n')
}
