import type { Ending } from '../../job.ts'

/** A command as a launcher starts it; everything is decided already. */
export interface CommandStart {
  readonly type: 'start'
  /** The placement's id. */
  readonly id: string
  /** A list is run as it is, a text by `sh -c`. */
  readonly command: string | readonly string[]
  /** `null` for the launcher's own, which is the caller's. */
  readonly cwd: string | null
  /** Laid over the base environment. */
  readonly env: Readonly<Record<string, string>>
  /** Logical CPUs that it is pinned to; empty for none. */
  readonly cpus: readonly number[]
  /** Where it gets a cgroup of its own, limited to so much RAM; without it, none. */
  readonly cgroup?: { readonly parent: string; readonly ramGb: number }
  readonly jobDir: string
  readonly output: string
  readonly stdout: string
  readonly stderr: string
}

/** Both ends must speak the same: a launcher outlives its scheduler, and may meet one of another version. */
export const PROTOCOL_VERSION = 1

/** What a launcher is told, a JSON line each. */
export type LauncherOrder =
  /** Comes first: the environment of all commands from now on, and the seconds between TERM and KILL. */
  | {
      readonly type: 'hello'
      readonly env: Readonly<Record<string, string>>
      readonly graceS: number
      /** Where it keeps what must outlive its scheduler; `null` for a launcher that ends with it. */
      readonly folder: string | null
    }
  | CommandStart
  | { readonly type: 'terminate'; readonly id: string }
  | { readonly type: 'kill'; readonly id: string }
  /** The endings of these commands are in the journal: it may forget them. */
  | { readonly type: 'acknowledge'; readonly ids: readonly string[] }
  /** End what runs, and yourself. An end of the orders without it means that the scheduler is gone. */
  | { readonly type: 'end' }

/** An `Ending` without its value: commands have none. */
export type CommandEnding = Omit<Ending, 'value'>

/** How a command stands that a scheduler finds when it comes to a launcher of an earlier one. */
export interface CommandStand {
  readonly id: string
  /** `null` for one that could not be started. */
  readonly pid: number | null
  /** Milliseconds since the epoch. */
  readonly startedAt: number | null
  /** Resident RAM in GiB, 0 where it was not seen yet. */
  readonly ramGb: number
  /** `null` while it runs. */
  readonly ending: CommandEnding | null
}

/** What a launcher tells, a JSON line each. */
export type LauncherReport =
  | { readonly type: 'started'; readonly id: string; readonly pid: number }
  | { readonly type: 'progressed'; readonly id: string; readonly fraction: number }
  /** Its resident RAM in GiB has changed. */
  | { readonly type: 'sampled'; readonly id: string; readonly ramGb: number }
  /** It was not started: the run's folder takes no files. `why` is one line for people. */
  | { readonly type: 'blocked'; readonly id: string; readonly why: string }
  | { readonly type: 'exited'; readonly id: string; readonly ending: CommandEnding }

/** The first line to a scheduler that comes to a launcher of an earlier one. */
export interface LauncherGreeting {
  readonly type: 'here'
  readonly version: number
  readonly commands: readonly CommandStand[]
}
