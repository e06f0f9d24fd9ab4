import { setImmediate } from 'node:timers/promises'

/** Long work does not hold the event loop for longer than about this, in milliseconds. */
const HOLD_MS = 5

/**
 * Lets long work give the event loop its turns: to be awaited between its parts, each of a few milliseconds at most.
 * Mostly there is nothing to wait for.
 */
export function createTurns(): () => Promise<void> {
  let heldSince = performance.now()
  return async () => {
    if (performance.now() - heldSince < HOLD_MS) return
    await setImmediate()
    heldSince = performance.now()
  }
}
