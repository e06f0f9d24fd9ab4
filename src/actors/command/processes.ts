import { processIds, readProc } from '../procfs.ts'

/** A process as the kernel shows it in `/proc/PID/stat`. */
export interface ProcessEntry {
  readonly pid: number
  /** Process group. */
  readonly group: number
  /** Session: each command has one of its own, named by the pid of its leader. */
  readonly session: number
  /** False for what has ended and only waits to be reaped by its parent. */
  readonly alive: boolean
}

/** Resident memory of a process in bytes. */
export interface Memory {
  readonly now: number
  readonly peak: number
}

/** False where the kernel shows no processes in /proc (macOS). */
export function seesProcesses(): boolean {
  return readProc('/proc/self/stat') !== null
}

/** Reads `/proc/PID/stat`; the name stands in parentheses and may hold anything, so the fields are counted from its end. */
export function parseStat(text: string): ProcessEntry {
  const [state = '', , group, session] = text.slice(text.lastIndexOf(')') + 2).split(' ', 4)
  return {
    pid: Number.parseInt(text, 10),
    group: Number(group),
    session: Number(session),
    alive: state !== 'Z' && state !== 'X',
  }
}

/** Reads `VmRSS` and `VmHWM` of `/proc/PID/status`; both 0 for a process that holds no memory any more. */
export function parseMemory(status: string): Memory {
  return { now: kilobytes(status, 'VmRSS:') * 1024, peak: kilobytes(status, 'VmHWM:') * 1024 }
}

function kilobytes(status: string, field: string): number {
  const at = status.indexOf(field)
  return at < 0 ? 0 : Number.parseInt(status.slice(at + field.length, at + field.length + 32), 10)
}

/** The live processes of the sessions for which `wanted` says yes. */
export function liveProcesses(wanted: (session: number) => boolean): ProcessEntry[] {
  return processIds().flatMap(pid => liveEntry(entryOf(pid), wanted))
}

/**
 * The same for whoever looks again and again: a process that was in no wanted session is not looked at a second time,
 * since none can enter a session that is there already. So a session has to be wanted from its first process on.
 */
export function createLook(): typeof liveProcesses {
  let foreign: ReadonlySet<number> = new Set()
  let lookedAt = Number.NEGATIVE_INFINITY
  return wanted => {
    const now = performance.now()
    const known: ReadonlySet<number> = now - lookedAt < KNOWN_MS ? foreign : new Set()
    const still = new Set<number>()
    const entries = processIds().flatMap(pid => {
      const entry = known.has(pid) ? null : entryOf(pid)
      if (entry === null || !wanted(entry.session)) still.add(pid)
      return liveEntry(entry, wanted)
    })
    foreign = still
    lookedAt = now
    return entries
  }
}

/** A pid is given to another process only when thousands have been started since. */
const KNOWN_MS = 5000

function liveEntry(entry: ProcessEntry | null, wanted: (session: number) => boolean): ProcessEntry[] {
  return entry?.alive && wanted(entry.session) ? [entry] : []
}

function entryOf(pid: number): ProcessEntry | null {
  const stat = readProc(`/proc/${pid}/stat`)
  return stat === null ? null : parseStat(stat)
}

/** Memory of a process, `null` when it is gone. */
export function memoryOf(pid: number): Memory | null {
  const status = readProc(`/proc/${pid}/status`)
  return status === null ? null : parseMemory(status)
}

/**
 * A process and its descendants: cheaper than a look at every process, but blind for what has lost its parent or was
 * started by another than the main thread.
 */
export function processTree(pid: number): ProcessEntry[] {
  const stat = readProc(`/proc/${pid}/stat`)
  if (stat === null) return []
  const children = readProc(`/proc/${pid}/task/${pid}/children`) ?? ''
  return [
    parseStat(stat),
    ...children
      .split(' ')
      .filter(Boolean)
      .flatMap(child => processTree(Number(child))),
  ]
}

/** Sessions of the processes that were started with the variable `name` at one of `values`, by value. */
export function sessionsByVariable(name: string, values: ReadonlySet<string>): Map<string, Set<number>> {
  const sessions = new Map<string, Set<number>>()
  for (const pid of processIds()) {
    const variables = readProc(`/proc/${pid}/environ`)?.split('\0') ?? []
    const value = variables.find(variable => variable.startsWith(`${name}=`))?.slice(name.length + 1)
    if (value === undefined || !values.has(value)) continue
    const stat = readProc(`/proc/${pid}/stat`)
    if (stat !== null) sessions.set(value, (sessions.get(value) ?? new Set()).add(parseStat(stat).session))
  }
  return sessions
}
