import type { Clock } from '../../clock.ts'

/** Ten redraws a second at most. */
const LEAST_GAP_MS = 100

/** While jobs run, their clocks are drawn anew once a second. */
const TICK_MS = 1000

/** Something that is drawn when it has changed. */
export interface Redraws {
  /** Says that what is shown has changed. Costs nothing when it is already known. */
  readonly changed: () => void
  readonly stop: () => void
}

/**
 * Draws soon after a change, never sooner than 100 ms after the last time; and every second as long as `draw` says
 * that clocks are running. Nothing is drawn, and no timer runs, while nothing changes and no clock runs.
 */
export function redraws(clock: Clock, draw: () => boolean): Redraws {
  let drawnAt = Number.NEGATIVE_INFINITY
  let dirty = false
  let timer: unknown = null
  const run = (): void => {
    timer = null
    dirty = false
    drawnAt = clock.now()
    if (draw()) timer = clock.setTimeout(run, TICK_MS)
  }
  const cancel = (): void => {
    if (timer !== null) clock.clearTimeout(timer)
    timer = null
  }
  return {
    changed() {
      if (dirty) return
      dirty = true
      cancel()
      timer = clock.setTimeout(run, Math.max(0, drawnAt + LEAST_GAP_MS - clock.now()))
    },
    stop() {
      cancel()
      dirty = true
    },
  }
}
