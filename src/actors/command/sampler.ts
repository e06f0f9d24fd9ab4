import { fromBytes } from '../../units.ts'
import { createLook, memoryOf, type ProcessEntry, processTree } from './processes.ts'

const FIRST_SAMPLE_MS = 25
/** From here on a command is no longer young: it is looked at together with all others. */
const GROWN_MS = 1000
const YOUNG_EVERY_MS = 100
const GROWN_EVERY_MS = 1000
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
}

/**
 * A young command is looked at alone, at 25, 50, 100, 200 … ms of its age: whatever lives longer than 50 ms is seen,
 * and a peak that lasts 100 ms too. From a second on, one look at all processes serves all commands. The kernel's own
 * high-water mark of each process counts, so what happened between two samples is not missed. When much is to be
 * sampled it is sampled less often; only the first sample never waits. No command, no timer.
 */
export function createSampler(): Sampler {
  const followed = new Map<number, Followed>()
  const look = createLook()
  let timer: NodeJS.Timeout | undefined
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
    timer = setTimeout(tick, Math.max(1, nextDue(followed, grownAt) - performance.now()))
  }
  return {
    follow(pid, seen) {
      const since = performance.now()
      const dueAt = since + FIRST_SAMPLE_MS
      const command: Followed = { pid, seen, since, dueAt, peakRamGb: null, manyGroups: false }
      followed.set(pid, command)
      arm()
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
    if (isFirst || now >= restUntil) record(command, processTree(command.pid))
    const age = now - command.since
    const next = Math.max(now + Math.min(age, YOUNG_EVERY_MS), restUntil)
    command.dueAt = age < GROWN_MS ? next : Number.POSITIVE_INFINITY
  }
}

function sampleGrown(followed: ReadonlyMap<number, Followed>, look: ReturnType<typeof createLook>): void {
  if (!followed.values().some(isGrown)) return
  const members = Map.groupBy(
    look(session => followed.has(session)),
    ({ session }) => session,
  )
  for (const [session, processes] of members) {
    const command = followed.get(session)
    if (command !== undefined && isGrown(command)) record(command, processes)
  }
}

/** The tree's peak is at least its sum now, and at least the high-water mark of each of its processes. */
function record(command: Followed, processes: readonly ProcessEntry[]): void {
  let now = 0
  let peak = command.peakRamGb ?? 0
  for (const { pid, group } of processes) {
    const memory = memoryOf(pid)
    now += fromBytes(memory?.now ?? 0)
    peak = Math.max(peak, fromBytes(memory?.peak ?? 0))
    command.manyGroups ||= group !== command.pid
  }
  if (now === 0) return
  command.peakRamGb = Math.max(peak, now)
  command.seen(now)
}
