import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { processIds } from './procfs.ts'

/** Every job is told where its output file is; no two attempts have the same. So it marks what a job has started. */
const MARK = 'LONGSHORE_OUTPUT'
/** A process id is given to another process only when thousands have been started since. */
const KNOWN_MS = 5000
/** Between its fork and its exec a process has the environment of its parent: what bears no mark yet may bear one soon. */
const SETTLED_MS = 1000
/** Environments are hardly ever longer; 2 MiB are possible. */
const room = Buffer.allocUnsafe(2 ** 17)

/** Processes that were started with the mark at one of these values, by value. */
export type MarkedSearch = (wanted: { has(value: string): boolean }) => Map<string, number[]>

/** A process, its mark, and when it was first looked at. */
interface Seen {
  readonly mark: string | null
  readonly since: number
}

/**
 * For whoever searches again and again: an environment is read in the first second that a process is known, so that only
 * the first searches cost about 30 µs for each process of the machine. Only processes of the same user can be seen.
 * `clock` gives milliseconds.
 */
export function createMarkedSearch(name = MARK, clock = () => performance.now()): MarkedSearch {
  let seen: ReadonlyMap<number, Seen> = new Map()
  let searchedAt = Number.NEGATIVE_INFINITY
  return wanted => {
    const now = clock()
    const known = now - searchedAt < KNOWN_MS ? seen : new Map<number, Seen>()
    const next = new Map<number, Seen>()
    const found = new Map<string, number[]>()
    for (const pid of processIds()) {
      const before = known.get(pid)
      const since = before?.since ?? now
      const isSettled = before !== undefined && (before.mark !== null || now - since >= SETTLED_MS)
      const mark = isSettled ? before.mark : markOf(pid, name)
      next.set(pid, { mark, since })
      if (mark !== null && wanted.has(mark) && markOf(pid, name) === mark) put(found, mark, pid)
    }
    seen = next
    searchedAt = now
    return found
  }
}

/** What a process was started with as its mark: empty where that was taken away on purpose, `null` where there is none. */
export function markOf(pid: number, name = MARK): string | null {
  const environment = environmentOf(pid)
  const mark = `${name}=`
  for (let at = environment.indexOf(mark); at >= 0; at = environment.indexOf(mark, at + 1)) {
    if (at > 0 && environment[at - 1] !== 0) continue
    const end = environment.indexOf(0, at)
    return environment.toString('utf8', at + mark.length, end < 0 ? environment.length : end)
  }
  return null
}

/** A process may end between two looks, or belong to somebody else: then there is nothing to read. */
function environmentOf(pid: number): Buffer {
  const path = `/proc/${pid}/environ`
  let fd: number | null = null
  try {
    fd = openSync(path, 'r')
    const bytes = readSync(fd, room, 0, room.length, 0)
    return bytes < room.length ? room.subarray(0, bytes) : readFileSync(path)
  } catch {
    return room.subarray(0, 0)
  } finally {
    if (fd !== null) closeSync(fd)
  }
}

function put(found: Map<string, number[]>, output: string, pid: number): void {
  const those = found.get(output)
  if (those) those.push(pid)
  else found.set(output, [pid])
}
