import { createMarkedSearch, markOf } from '../marked.ts'
import { sessionsOf } from './processes.ts'
import type { CommandStand } from './protocol.ts'
import { endSessions } from './remains.ts'
import { createSessionEnder } from './sessions.ts'

/** What is needed to find what nobody follows any more. */
export interface AbandonedParts {
  /** The run, as jobs are told of it. */
  readonly runDir: string
  /** Whose jobs are meant; `null` for all that run on this machine. */
  readonly node: string | null
  /** The output files of commands that go on. */
  readonly followed: ReadonlySet<string>
  /** Seconds between TERM and KILL. Default 2. */
  readonly graceS?: number
}

/**
 * Ends what jobs of a run have left on this machine that nobody follows: their scheduler has died, and whoever else would
 * have ended it. Resolves when nothing of it lives. Costs about 30 µs for each process of the machine.
 */
export async function endAbandoned(parts: AbandonedParts): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  endSessions(sessionsOf(findAbandoned(parts)), createSessionEnder(parts.graceS ?? 2), resolve)
  await promise
}

/** The output files of the commands that still run, of those that were open. */
export function followed(
  open: ReadonlyMap<string, string>,
  stands: ReadonlyMap<string, CommandStand>,
): ReadonlySet<string> {
  const running = [...open].filter(([id]) => stands.get(id)?.ending === null)
  return new Set(running.map(([, output]) => output))
}

/** This process's own session is left alone: it may have been started from within a job. */
function findAbandoned({ runDir, node, followed }: AbandonedParts): number[] {
  const marked = createMarkedSearch('LONGSHORE_RUN_DIR')(new Set([runDir])).get(runDir) ?? []
  const [own] = sessionsOf([process.pid])
  return marked.filter(pid => {
    const output = markOf(pid)
    // Where it was taken away the process is to stay.
    const isAbandoned = output !== null && output !== '' && !followed.has(output)
    const isHere = node === null || markOf(pid, 'LONGSHORE_NODE') === node
    return isAbandoned && isHere && !(own !== undefined && sessionsOf([pid]).has(own))
  })
}
