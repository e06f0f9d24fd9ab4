import type { Clock } from '../clock.ts'
import type { EndTime } from '../machines/eta/interval.ts'
import type { ToldEnd } from '../machines/scheduler/picture.ts'

/** The event loop is given back after so many ms, and at most one step of the simulation. */
const SLICE_MS = 8

const LEAST_GAP_MS = 1000

/** Simulations take at most this share of one core, but for the first, most of whose cost is that its code is new. */
const CPU_SHARE = 0.02

/** The same where by the former what is told would grow old: in a run of a minute, say. */
const MOST_CPU_SHARE = 0.05

/** What is told grows old with time as well: after this share of what it said was left. */
const OLD_SHARE = 0.05

/** The end time, kept up to date while a run goes on. */
export interface EndTimes {
  /** For whoever looks at it; `null` where nothing can be told. Simulated at once where it never was. */
  readonly told: () => ToldEnd | null
  /** The same as it is, for whom it need not be simulated. */
  readonly latest: () => ToldEnd | null
  /** Something has happened that may change it. */
  readonly changed: () => void
  /** What was told does not hold any more: the run has been stopped, say. */
  readonly forget: () => void
  readonly stop: () => void
}

export interface EndTimesOptions {
  readonly clock: Clock
  /** Begins to simulate what is left now; `null` where nothing can be told. */
  readonly begin: () => Iterator<void, EndTime | null> | null
  /** Hears each end time. */
  readonly tell?: (told: ToldEnd) => void
  /** Milliseconds of CPU time that this thread has used; where Node cannot tell, the time of day. */
  readonly cpuMs?: () => number
}

/**
 * Simulates what is left of a run when something has happened, at most once a second and with at most 2 % of one core;
 * and when somebody looks at an end time that has grown old. A run that is over within a second, and at whose end time
 * nobody looks, is not simulated. In slices of some ms, so that nothing waits for it. While
 * nothing happens and nobody looks, nothing is done.
 */
export function endTimes({ clock, begin, tell = () => {}, cpuMs = threadMs }: EndTimesOptions): EndTimes {
  let told: ToldEnd | null = null
  let isFirst = true
  let steps: Iterator<void, EndTime | null> | null = null
  let startedAt = 0
  let spentMs = 0
  let nextAt: number | null = null
  let isDue = false
  let timer: unknown = null

  const rest = (): void => {
    if (timer !== null) clock.clearTimeout(timer)
    timer = null
  }
  const run = (): void => {
    rest()
    if (!steps) start()
    if (steps) slice(steps)
    if (steps) timer = clock.setTimeout(run, 0)
    else if (isDue) wait()
  }
  const start = (): void => {
    isDue = false
    startedAt = clock.now()
    spentMs = 0
    steps = begin()
    if (!steps) told = null
  }
  const slice = (of: Iterator<void, EndTime | null>): void => {
    const [from, cpu] = [performance.now(), cpuMs()]
    let step = of.next()
    while (!step.done && performance.now() - from < SLICE_MS) step = of.next()
    spentMs += cpuMs() - cpu
    if (step.done) finish(step.value)
  }
  const finish = (end: EndTime | null): void => {
    steps = null
    nextAt = clock.now() + (isFirst ? LEAST_GAP_MS : gapMs(spentMs, end))
    isFirst = false
    told = end && { at: startedAt, end }
    if (told) tell(told)
  }
  const wait = (): void => {
    nextAt ??= clock.now() + LEAST_GAP_MS
    timer ??= clock.setTimeout(run, Math.max(0, nextAt - clock.now()))
  }
  const changed = (): void => {
    isDue = true
    wait()
  }
  const stop = (): void => {
    rest()
    steps = null
    isDue = false
  }
  return {
    told() {
      if (isFirst && !steps && isDue) run()
      else if (told && isOld(told, clock.now())) changed()
      return told
    },
    latest: () => told,
    changed,
    forget() {
      stop()
      told = null
      changed()
    },
    stop,
  }
}

/** Where jobs take all cores, most of what passes by the clock is theirs. */
function threadMs(): number {
  if (typeof process.threadCpuUsage !== 'function') return performance.now()
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function gapMs(spentMs: number, end: EndTime | null): number {
  const usualMs = spentMs / CPU_SHARE
  const shortMs = end ? Math.min(usualMs, OLD_SHARE * end.expectedS * 1000) : usualMs
  return Math.max(LEAST_GAP_MS, spentMs / MOST_CPU_SHARE, shortMs)
}

function isOld({ at, end }: ToldEnd, now: number): boolean {
  return now - at > Math.max(LEAST_GAP_MS, OLD_SHARE * end.expectedS * 1000)
}
