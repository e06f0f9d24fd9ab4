import { liveProcesses, seesProcesses } from './processes.ts'

const FIRST_LOOK_MS = 1
const SLOWEST_LOOK_MS = 100
/** Between two looks there is this many times as long as a look takes. */
const REST = 4

/** Signals a process group; false where there is nobody to be signalled. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal)
  } catch (error) {
    // EPERM: it is there, but belongs to another user now. All that we can do is wait for its end.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Asks a process group to end. One that is stopped hears of it only when it goes on. */
export function terminateGroup(group: number): void {
  signalGroup(group, 'SIGTERM')
  signalGroup(group, 'SIGCONT')
}

/** Ends what is left of sessions whose leader has ended. */
export interface SessionEnder {
  /** Calls `gone` when nothing of the session lives any more: after TERM, a grace, KILL, where they are needed. */
  end(session: number, gone: () => void): void
  /** Ends a session that is being ended without any further grace. */
  kill(session: number): void
}

interface EndingSession {
  readonly gone: (() => void)[]
  termed: boolean
  killAt: number
}

/**
 * One look at all processes serves every session that is being ended. The kernel tells nobody but a parent that a
 * process has ended, and the parents of these are dead: so it looks again, at growing intervals, while there is
 * something to wait for. Only commands that leave children behind come here.
 */
export function createSessionEnder(graceS: number): SessionEnder {
  const ending = new Map<number, EndingSession>()
  let timer: NodeJS.Timeout | undefined
  let wait = FIRST_LOOK_MS

  const lookIn = (ms: number): void => {
    clearTimeout(timer)
    timer = setTimeout(look, ms)
  }
  const look = (): void => {
    const start = performance.now()
    const groups = liveGroups(ending)
    for (const [session, state] of ending) {
      const alive = groups.get(session)
      if (alive === undefined) {
        ending.delete(session)
        for (const gone of state.gone) gone()
      } else signalDue(state, alive, start, graceS)
    }
    wait = Math.min(wait * 2, SLOWEST_LOOK_MS)
    if (ending.size > 0) lookIn(Math.max(wait, REST * (performance.now() - start)))
  }
  return {
    end(session, gone) {
      const state = ending.get(session)
      if (state) return void state.gone.push(gone)
      ending.set(session, { gone: [gone], termed: false, killAt: Number.POSITIVE_INFINITY })
      wait = FIRST_LOOK_MS
      lookIn(0)
    },
    kill(session) {
      const state = ending.get(session)
      if (state === undefined) return
      state.termed = true
      state.killAt = 0
      lookIn(0)
    },
  }
}

/** KILL is sent at every look that is due: a process may have been forked between the last one and the signal. */
function signalDue(state: EndingSession, groups: ReadonlySet<number>, now: number, graceS: number): void {
  const signal = now >= state.killAt ? 'SIGKILL' : state.termed ? null : 'SIGTERM'
  if (signal === null) return
  for (const group of groups) {
    if (signal === 'SIGTERM') terminateGroup(group)
    else signalGroup(group, signal)
  }
  if (!state.termed) state.killAt = now + graceS * 1000
  state.termed = true
}

/**
 * Process groups in which somebody lives, by session; a shell with job control makes several in one. `kill` alone
 * does not tell: it also finds zombies, which stay for ever in a container whose first process does not reap. Where
 * there is no /proc (macOS), it must do.
 */
function liveGroups(sessions: ReadonlyMap<number, unknown>): Map<number, Set<number>> {
  const groups = new Map<number, Set<number>>()
  const add = (session: number, group: number): void => {
    groups.set(session, (groups.get(session) ?? new Set()).add(group))
  }
  if (seesProcesses())
    for (const { session, group } of liveProcesses(one => sessions.has(one))) add(session, group)
  else for (const session of sessions.keys()) if (signalGroup(session, 0)) add(session, session)
  return groups
}
