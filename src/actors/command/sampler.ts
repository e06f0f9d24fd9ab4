import { fromBytes } from '../../units.ts'
import { createLook, type Look, memoryOf, type ProcessEntry, processTree } from './processes.ts'

const FIRST_SAMPLE_MS = 25
/** From here on a command is no longer young: it is looked at together with all others. */
const GROWN_MS = 1000
const YOUNG_EVERY_MS = 100
const GROWN_EVERY_MS = 2000
/** Samples that are due within this time are taken together. */
const TOGETHER_MS = 4
/** After sampling there is a rest this many times as long: it takes at most 1 % of a core. */
const REST = 100

/** A command as the sampler follows it. */
export interface Sampled {
  /** Highest resident RAM of all its processes in GiB; `null` before the first sample. */
  readonly peakRamGb: number | null
  /** True when it has made process groups besides its own. */
  readonly manyGroups: boolean
  /** What it has started in sessions of their own, as last seen; may have ended since. */
  readonly strays: readonly ProcessEntry[]
}

/** Follows the RAM of running commands. */
export interface Sampler {
  /** Follows the session of `pid`; `seen` is called with its resident RAM in GiB at each sample. */
  follow(pid: number, seen: (ramGb: number) => void): Sampled
  forget(pid: number): void
}

interface Followed {
  readonly pid: number
  readonly seen: (ramGb: number) => void
  readonly since: number
  /** When a young command is looked at next; `Infinity` for a grown one. */
  dueAt: number
  peakRamGb: number | null
  manyGroups: boolean
  strays: readonly ProcessEntry[]
}

const NO_STRAYS: readonly ProcessEntry[] = []

/**
 * A young command is looked at alone, at 25, 50, 100, 200 … ms of its age: whatever lives longer than 50 ms is seen,
 * and a peak that lasts 100 ms too. From a second on, one look at all processes serves all commands, every two seconds.
 * The kernel's own high-water mark of each process counts, so what happened between two samples is not missed. When
 * much is to be sampled it is sampled less often; only the first sample never waits. No command, no timer.
 */
export function createSampler(): Sampler {
  const followed = new Map<number, Followed>()
  const look = createLook()
  let timer: NodeJS.Timeout | undefined
  let wakesAt = 0
  let restUntil = 0
  let grownAt = 0

  const tick = (): void => {
    timer = undefined
    const start = performance.now()
    const now = start + TOGETHER_MS
    sampleYoung(followed, now, restUntil)
    if (now >= grownAt) sampleGrown(followed, look)
    const end = performance.now()
    restUntil = Math.max(restUntil, end + REST * (end - start))
    if (now >= grownAt) grownAt = Math.max(restUntil, start + GROWN_EVERY_MS)
    arm()
  }
  const arm = (): void => {
    if (timer !== undefined || followed.size === 0) return
    wakesAt = nextDue(followed, grownAt)
    timer = setTimeout(tick, Math.max(1, wakesAt - performance.now()))
  }
  /** A timer that waits for grown commands would be too late for the first look at a new one. */
  const armAnew = (): void => {
    clearTimeout(timer)
    timer = undefined
    arm()
  }
  return {
    follow(pid, seen) {
      const since = performance.now()
      const dueAt = since + FIRST_SAMPLE_MS
      const command: Followed = {
        pid,
        seen,
        since,
        dueAt,
        peakRamGb: null,
        manyGroups: false,
        strays: NO_STRAYS,
      }
      followed.set(pid, command)
      if (timer === undefined || dueAt + TOGETHER_MS < wakesAt) armAnew()
      return command
    },
    forget(pid) {
      followed.delete(pid)
      if (followed.size > 0) return
      clearTimeout(timer)
      timer = undefined
    },
  }
}

function isGrown({ dueAt }: Followed): boolean {
  return dueAt === Number.POSITIVE_INFINITY
}

function nextDue(followed: ReadonlyMap<number, Followed>, grownAt: number): number {
  let due = Number.POSITIVE_INFINITY
  for (const command of followed.values()) due = Math.min(due, isGrown(command) ? grownAt : command.dueAt)
  return due
}

function sampleYoung(followed: ReadonlyMap<number, Followed>, now: number, restUntil: number): void {
  for (const command of followed.values()) {
    if (command.dueAt > now) continue
    const isFirst = command.peakRamGb === null
    if (isFirst || now >= restUntil) recordYoung(command)
    const age = now - command.since
    const next = Math.max(now + Math.min(age, YOUNG_EVERY_MS), restUntil)
    command.dueAt = age < GROWN_MS ? next : Number.POSITIVE_INFINITY
  }
}

/** What has lost its parent in the meantime is not in the tree any more: it is kept. */
function recordYoung(command: Followed): void {
  const tree = processTree(command.pid)
  const { strays } = command
  record(command, tree)
  if (strays.length === 0) return
  const seen = new Set(tree.map(({ pid }) => pid))
  command.strays = [...strays.filter(({ pid }) => !seen.has(pid)), ...command.strays]
}

function sampleGrown(followed: ReadonlyMap<number, Followed>, look: Look): void {
  if (!followed.values().some(isGrown)) return
  for (const [leader, processes] of look(createOwnerOf(followed))) {
    const command = followed.get(leader)
    if (command !== undefined && isGrown(command)) record(command, processes)
  }
}

/** A process belongs to a command by its session, by a session that the command's processes have made, or by its parent. */
function createOwnerOf(followed: ReadonlyMap<number, Followed>): Parameters<Look>[0] {
  const leaders = new Map<number, number>()
  const owners = new Map<number, number>()
  for (const { pid, strays } of followed.values()) for (const { session } of strays) leaders.set(session, pid)
  return ({ pid, parent, session }) => {
    const owner = followed.has(session) ? session : (leaders.get(session) ?? owners.get(parent) ?? null)
    if (owner !== null) owners.set(pid, owner)
    return owner
  }
}

/** The tree's peak is at least its sum now, and at least the high-water mark of each of its processes. */
function record(command: Followed, processes: readonly ProcessEntry[]): void {
  let now = 0
  let peak = command.peakRamGb ?? 0
  let strays = NO_STRAYS
  for (const entry of processes) {
    const memory = memoryOf(entry.pid)
    now += fromBytes(memory?.now ?? 0)
    peak = Math.max(peak, fromBytes(memory?.peak ?? 0))
    command.manyGroups ||= entry.group !== command.pid
    if (entry.session !== command.pid) strays = [...strays, entry]
  }
  command.strays = strays
  if (now === 0) return
  command.peakRamGb = Math.max(peak, now)
  command.seen(now)
}
