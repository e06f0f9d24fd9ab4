import { createMarkedSearch, markOf } from '../marked.ts'
import { startTicks } from '../procfs.ts'
import { type ProcessEntry, sessionsOf } from './processes.ts'
import { endSessions } from './remains.ts'
import type { SessionEnder } from './sessions.ts'

/** Those that nobody waits for are looked for together, so long after the first of them has ended. */
const SOON_MS = 1000
/** After a search there is a rest this many times as long: while many commands end it takes at most a tenth of a core. */
const REST = 10

/** Finds what commands leave behind that have ended: where it has made a session of its own, nothing else tells whose it is. */
export interface Strays {
  /** Calls `found` with the processes of the command with this output file: at once, or after a rest. */
  find(output: string, found: (pids: readonly number[]) => void): void
  /** Ends them within about a second: nobody waits for it. */
  endSoon(output: string): void
  /** Ends at once those that nobody waited for; calls `done` when they are gone. */
  finish(done: () => void): void
}

type Found = (pids: readonly number[]) => void

export function createStrays(ender: SessionEnder): Strays {
  const search = createMarkedSearch()
  let asked = new Map<string, Found>()
  let timer: NodeJS.Timeout | undefined
  let dueAt = Number.POSITIVE_INFINITY
  let restUntil = 0
  let ending = 0
  let whenEnded = (): void => {}

  const end = (pids: readonly number[]): void => {
    if (pids.length === 0) return
    ending += 1
    endSessions(sessionsOf(pids), ender, () => {
      ending -= 1
      if (ending === 0) whenEnded()
    })
  }
  const look = (): void => {
    const start = performance.now()
    const questions = asked
    asked = new Map()
    dueAt = Number.POSITIVE_INFINITY
    const found = questions.size > 0 ? search(questions) : new Map<string, number[]>()
    const end = performance.now()
    restUntil = end + REST * (end - start)
    for (const [output, tell] of questions) tell(found.get(output) ?? [])
  }
  const lookAt = (at: number): void => {
    if (at >= dueAt) return
    dueAt = at
    clearTimeout(timer)
    timer = setTimeout(look, Math.max(0, at - performance.now()))
  }
  return {
    find(output, found) {
      asked.set(output, found)
      lookAt(restUntil)
    },
    endSoon(output) {
      asked.set(output, end)
      lookAt(Math.max(restUntil, performance.now() + SOON_MS))
    },
    finish(done) {
      clearTimeout(timer)
      look()
      if (ending === 0) done()
      else whenEnded = done
    },
  }
}

/**
 * Of the processes that were seen, those that live still and are the command's: who takes the mark away (an empty
 * LONGSHORE_OUTPUT) has said that it shall stay.
 */
export function liveStrays(seen: readonly ProcessEntry[]): number[] {
  return seen
    .filter(({ pid, ticks }) => startTicks(pid) === ticks && markOf(pid) !== '')
    .map(({ pid }) => pid)
}
