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
  readonly jobDir: string
  readonly output: string
  readonly stdout: string
  readonly stderr: string
}

/** What a launcher is told, a JSON line each. */
export type LauncherOrder =
  /** Comes first, once: the environment of all commands, and the seconds between TERM and KILL. */
  | { readonly type: 'hello'; readonly env: Readonly<Record<string, string>>; readonly graceS: number }
  | CommandStart
  | { readonly type: 'terminate'; readonly id: string }
  | { readonly type: 'kill'; readonly id: string }

/** An `Ending` without its value: commands have none. */
export type CommandEnding = Omit<Ending, 'value'>

/** What a launcher tells, a JSON line each. */
export type LauncherReport =
  | { readonly type: 'started'; readonly id: string; readonly pid: number }
  | { readonly type: 'progressed'; readonly id: string; readonly fraction: number }
  /** Its resident RAM in GiB has changed. */
  | { readonly type: 'sampled'; readonly id: string; readonly ramGb: number }
  | { readonly type: 'exited'; readonly id: string; readonly ending: CommandEnding }
