import type { Clock } from '../../clock.ts'

const LEAST_GAP_MS = 5000
const GAP_SHARE = 0.01

/** Something that is asked for often, and done now and then. */
export interface Paced {
  ask(): void
  /** Does nothing for the least gap from now on: there is nothing to say yet. */
  rest(): void
  stop(): void
}

/**
 * Does what is asked for at once, but not more often than every 5 s nor than every hundredth of the time since the
 * beginning: a run of 10 hours is told of every 6 minutes, and its log stays readable. What is asked for too early
 * is done once, later.
 */
export function pace(clock: Clock, act: () => void): Paced {
  const beganAt = clock.now()
  let nextAt = beganAt
  let timer: unknown = null
  const run = (): void => {
    timer = null
    const now = clock.now()
    nextAt = now + Math.max(LEAST_GAP_MS, GAP_SHARE * (now - beganAt))
    act()
  }
  return {
    ask() {
      if (timer !== null) return
      const wait = nextAt - clock.now()
      if (wait <= 0) run()
      else timer = clock.setTimeout(run, wait)
    },
    rest() {
      nextAt = clock.now() + LEAST_GAP_MS
    },
    stop() {
      if (timer !== null) clock.clearTimeout(timer)
      timer = null
    },
  }
}
