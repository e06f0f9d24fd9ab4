import type { Clock } from '../clock.ts'

/** Node's timers take at most this many ms, and end at once when told more. */
const LONGEST_MS = 2 ** 31 - 1

interface Timer {
  handle: NodeJS.Timeout
}

/** The machine's clock. Waits of any length: one above 24.8 days is a chain of shorter ones. */
export const systemClock: Clock = {
  now: Date.now,
  setTimeout(fn, ms) {
    const timer: Timer = { handle: setTimeout(step, Math.min(ms, LONGEST_MS), ms) }
    function step(waitingMs: number): void {
      const leftMs = waitingMs - LONGEST_MS
      if (leftMs <= 0) fn()
      else timer.handle = setTimeout(step, Math.min(leftMs, LONGEST_MS), leftMs)
    }
    return timer
  },
  clearTimeout(timer) {
    if (isTimer(timer)) clearTimeout(timer.handle)
  },
}

function isTimer(value: unknown): value is Timer {
  return typeof value === 'object' && value !== null && 'handle' in value
}
