import { createMarkedSearch } from '../marked.ts'
import { sessionsOf } from './processes.ts'
import type { SessionEnder } from './sessions.ts'

/** A command whose launcher has died. */
export interface LostCommand {
  /** Its leader, `null` when the launcher died before it could tell. */
  readonly pid: number | null
  /** Its output file: no other job of any run has the same. */
  readonly output: string
}

/**
 * Ends what runs of commands whose launcher has died, and calls `gone` for each when nothing of it lives any more.
 * A command whose start was never told is found by what its environment says.
 */
export function endRemains<C extends LostCommand>(
  commands: readonly C[],
  ender: SessionEnder,
  gone: (command: C) => void,
): void {
  const found = createMarkedSearch()(new Set(commands.map(({ output }) => output)))
  for (const command of commands) {
    const sessions = sessionsOf(found.get(command.output) ?? [])
    if (command.pid !== null) sessions.add(command.pid)
    endSessions(sessions, ender, () => gone(command))
  }
}

/** Ends all of these sessions, and calls `gone` when nothing of them lives any more. */
export function endSessions(sessions: ReadonlySet<number>, ender: SessionEnder, gone: () => void): void {
  let left = sessions.size
  if (left === 0) gone()
  for (const session of sessions)
    ender.end(session, () => {
      left -= 1
      if (left === 0) gone()
    })
}
