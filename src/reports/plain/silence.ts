import type { Clock } from '../../clock.ts'
import type { RunEvent } from '../../progress.ts'

const FIRST_MS = 30_000

/** Listens for the end of jobs. */
export interface Silence {
  hear(event: RunEvent): void
  stop(): void
}

/**
 * Acts when no job has ended for 30 s, and again after further 60 s, 120 s and so on, until one ends. `act` says
 * whether there was something to say; if not, it waits for the next job that starts. An event costs no timer.
 */
export function silence(clock: Clock, act: () => boolean): Silence {
  let heardAt = clock.now()
  let gapMs = FIRST_MS
  let timer: unknown = null
  const arm = (ms: number): void => {
    timer = clock.setTimeout(check, ms)
  }
  const check = (): void => {
    const leftMs = heardAt + gapMs - clock.now()
    if (leftMs > 0) {
      arm(leftMs)
      return
    }
    timer = null
    if (!act()) return
    heardAt = clock.now()
    gapMs *= 2
    arm(gapMs)
  }
  const restart = (): void => {
    heardAt = clock.now()
    gapMs = FIRST_MS
  }
  return {
    hear({ type }) {
      if (type !== 'job.ended' && type !== 'job.started') return
      if (type === 'job.ended' || timer === null) restart()
      if (timer === null) arm(gapMs)
    },
    stop() {
      if (timer !== null) clock.clearTimeout(timer)
      timer = null
    },
  }
}
