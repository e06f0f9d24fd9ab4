import { startTicks } from '../procfs.ts'
import type { DeadLauncher } from './attach.ts'
import type { CommandStand } from './protocol.ts'
import { endRemains } from './remains.ts'
import type { SessionEnder } from './sessions.ts'

/** What dead launchers have written down, kept on the disk until the journal has it. */
export class Remains {
  readonly #needed = new Map<DeadLauncher, Set<string>>()

  /** How the commands ended that a dead launcher had: of those placements that are still open. */
  take(launcher: DeadLauncher, open: ReadonlyMap<string, string>): CommandStand[] {
    const stands = launcher.entries.flatMap(entry => {
      if (entry.type !== 'ended' || !open.has(entry.id)) return []
      // A machine that goes down ends its processes by signals: that says nothing of the command.
      if (!launcher.sameBoot && entry.ending.signal !== null) return []
      const { id, pid, startedAt, ending } = entry
      return [{ id, pid, startedAt, ramGb: 0, ending }]
    })
    if (stands.length > 0) this.#needed.set(launcher, new Set(stands.map(({ id }) => id)))
    else launcher.forget()
    return stands
  }

  /** The journal has these. */
  acknowledge(ids: readonly string[]): void {
    for (const [launcher, needed] of this.#needed) {
      for (const id of ids) needed.delete(id)
      if (needed.size > 0) continue
      this.#needed.delete(launcher)
      launcher.forget()
    }
  }
}

/**
 * Ends what still runs of the placements that nobody knows of any more: their launcher died, and the scheduler too.
 * Resolves when nothing of them lives.
 */
export async function endLost(
  outputs: ReadonlyMap<string, string>,
  known: ReadonlyMap<string, unknown>,
  dead: readonly DeadLauncher[],
  ender: SessionEnder,
): Promise<void> {
  const leaders = leadersOf(dead)
  const lost = [...outputs].flatMap(([id, output]) =>
    known.has(id) ? [] : [{ pid: leaders.get(id) ?? null, output }],
  )
  if (lost.length === 0) return
  const { promise, resolve } = Promise.withResolvers<void>()
  let left = lost.length
  endRemains(lost, ender, () => {
    left -= 1
    if (left === 0) resolve()
  })
  await promise
}

/** The leaders of commands that live: a process of the same id that was started at another time is another one. */
function leadersOf(dead: readonly DeadLauncher[]): Map<string, number> {
  const leaders = new Map<string, number>()
  for (const { entries, sameBoot } of dead)
    for (const entry of entries)
      if (sameBoot && entry.type === 'seen' && entry.ticks !== null && startTicks(entry.pid) === entry.ticks)
        leaders.set(entry.id, entry.pid)
  return leaders
}
