import { processIds, readProc } from '../procfs.ts'

/** A process as the kernel shows it in `/proc/PID/stat`. */
export interface ProcessEntry {
  readonly pid: number
  /** That of its parent; of 1 or a reaper's where its own has ended. */
  readonly parent: number
  /** Process group. */
  readonly group: number
  /** Session: each command has one of its own, named by the pid of its leader. */
  readonly session: number
  /** False for what has ended and only waits to be reaped by its parent. */
  readonly alive: boolean
  /** When it was started, in clock ticks since the machine was: a process id alone may be another process by now. */
  readonly ticks: number
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
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ', 20)
  const [state = '', parent, group, session] = fields
  return {
    pid: Number.parseInt(text, 10),
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    alive: state !== 'Z' && state !== 'X',
    ticks: Number(fields[19]),
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
  return processIds().flatMap(pid => {
    const entry = entryOf(pid)
    return entry?.alive && wanted(entry.session) ? [entry] : []
  })
}

/** Live processes by whom they belong to, as the question says, which answers `null` for those of others. */
export type Look = (ownerOf: (entry: ProcessEntry) => number | null) => Map<number, ProcessEntry[]>

/**
 * For whoever looks again and again: a process of others is not looked at a second time, since none can enter a session
 * that is there already. So a session has to be asked for from its first process on.
 */
export function createLook(): Look {
  let foreign: ReadonlySet<number> = new Set()
  let lookedAt = Number.NEGATIVE_INFINITY
  return ownerOf => {
    const now = performance.now()
    const known: ReadonlySet<number> = now - lookedAt < KNOWN_MS ? foreign : new Set()
    const still = new Set<number>()
    const owned = new Map<number, ProcessEntry[]>()
    for (const pid of processIds()) {
      const entry = known.has(pid) ? null : entryOf(pid)
      const owner = entry && ownerOf(entry)
      if (entry === null || owner === null) still.add(pid)
      else if (entry.alive) put(owned, owner, entry)
    }
    foreign = still
    lookedAt = now
    return owned
  }
}

function put(owned: Map<number, ProcessEntry[]>, owner: number, entry: ProcessEntry): void {
  const those = owned.get(owner)
  if (those) those.push(entry)
  else owned.set(owner, [entry])
}

/** A pid is given to another process only when thousands have been started since. */
const KNOWN_MS = 5000

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

/** The sessions of those processes that live. */
export function sessionsOf(pids: readonly number[]): Set<number> {
  const entries = pids.flatMap(pid => entryOf(pid) ?? [])
  return new Set(entries.flatMap(({ alive, session }) => (alive ? [session] : [])))
}
