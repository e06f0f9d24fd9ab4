import { type ChildProcess, spawn } from 'node:child_process'
import { folderTrouble } from '../folderTrouble.ts'
import { endFirst } from '../oomScore.ts'
import { NO_MORE } from '../spawnReasons.ts'
import { enterCgroup } from './cgroup.ts'
import { createFolderMaker, prepareJobFolder, withLogs } from './files.ts'
import { describeFolder, describeMissing, findProgram } from './program.ts'
import type { CommandStart } from './protocol.ts'

type Env = Readonly<Record<string, string>>

/** Where a program is looked for by the system when there is no PATH. */
const DEFAULT_PATH = '/usr/bin:/bin'
const PIN = 'taskset'

const makeFolder = createFolderMaker()

/** What becomes of a start: exactly one of these is called, with one line for people where it has failed. */
export interface StartListener {
  started(child: ChildProcess, pid: number): void
  failed(message: string): void
  /** The run's folder takes no files: no other command could be started either. */
  blocked(message: string): void
}

/**
 * Starts a command as the leader of a session and process group of its own, without standard input, its output going
 * straight into its log files; in a cgroup where there is one.
 */
export function spawnCommand(
  start: CommandStart,
  baseEnv: Env,
  cgroup: string | null,
  listener: StartListener,
): void {
  const env = { ...baseEnv, ...start.env }
  const before = [...(cgroup === null ? [] : enterCgroup(cgroup)), ...pinTo(start.cpus)]
  // What goes before it would report a missing program as an exit code of its own: so it is looked for first.
  const pin = start.cpus.length > 0 ? missingPin(env) : null
  const fault = before.length > 0 ? (pin ?? describeFault(start, env)) : null
  if (fault === null) spawnWithLogs(start, env, before, listener)
  else listener.failed(fault)
}

function spawnWithLogs(
  start: CommandStart,
  env: Env,
  before: readonly string[],
  listener: StartListener,
): void {
  const failed = (error: unknown): void =>
    listener.failed(describeFault(start, env) ?? describeError(error, start))
  try {
    prepareJobFolder(start)
    const child = withLogs(start, makeFolder, (...logs) => spawnDetached(start, env, before, logs))
    if (child.pid === undefined) child.once('error', failed)
    else {
      endFirst(child.pid)
      listener.started(child, child.pid)
    }
  } catch (error) {
    const trouble = folderTrouble(error)
    if (trouble === null) failed(error)
    else listener.blocked(trouble)
  }
}

function spawnDetached(
  start: CommandStart,
  env: Env,
  before: readonly string[],
  logs: [number, number],
): ChildProcess {
  const [file = '', ...args] = [...before, ...argvOf(start)]
  const cwd = start.cwd === null ? {} : { cwd: start.cwd }
  return spawn(file, args, { ...cwd, env, stdio: ['ignore', ...logs], detached: true })
}

function argvOf({ command }: CommandStart): readonly string[] {
  return typeof command === 'string' ? ['/bin/sh', '-c', command] : command
}

function pinTo(cpus: readonly number[]): string[] {
  return cpus.length > 0 ? [PIN, '-c', cpus.join(',')] : []
}

function missingPin(env: Env): string | null {
  return findProgram(PIN, env['PATH'] ?? DEFAULT_PATH, '/').found
    ? null
    : 'physicalCores needs the program taskset (package util-linux), which is not in PATH; install it or ask for threads instead'
}

/** The reasons for a failed start that the system does not tell apart: it says ENOENT for a missing folder too. */
function describeFault(start: CommandStart, env: Env): string | null {
  const cwd = start.cwd ?? process.cwd()
  const folder = describeFolder(cwd)
  if (folder !== null) return folder
  const [program = ''] = argvOf(start)
  const search = findProgram(program, env['PATH'] ?? DEFAULT_PATH, cwd)
  return search.found ? null : describeMissing(program, search)
}

/** What the system means where the program and the working folder are there. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'the interpreter that its first line (#!) names does not exist',
  EACCES: 'no permission; perhaps its file system is mounted noexec',
  E2BIG: 'its arguments and environment are longer than the system allows; write them into a file',
  ENOEXEC: 'it is no program for this machine, or a script without a #! line',
  ...NO_MORE,
}

function describeError(error: unknown, start: CommandStart): string {
  const message = error instanceof Error ? error.message : String(error)
  return `could not start ${argvOf(start)[0]}: ${(isSpawnError(error) && REASONS[error.code]) || message}`
}

/** The folders and logs of a job can fail with the same codes, and then their own message says more. */
function isSpawnError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'syscall' in error && String(error.syscall).startsWith('spawn')
}
