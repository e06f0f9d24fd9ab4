import { type Launcher, startLauncher } from './launcherProcess.ts'
import type { CommandStart, LauncherOrder, LauncherReport } from './protocol.ts'

/** The launchers of an executor. */
export interface Fleet {
  /** Gives a command to the launcher with the least to do; starts one where all are busy and there may be more. */
  start(order: CommandStart): void
  /** Reaches the launcher that has the command; nobody when it has ended. */
  send(order: Extract<LauncherOrder, { type: 'terminate' | 'kill' }>): void
  /** Ends all launchers and what they run; resolves when they are gone. */
  close(): Promise<void>
}

/** What a fleet needs, and whom it tells. */
export interface FleetOptions {
  /** Most launchers at once. */
  readonly most: number
  /** The first order to each. */
  readonly hello: Extract<LauncherOrder, { type: 'hello' }>
  readonly report: (report: LauncherReport) => void
  /** A launcher has died with these commands; `why` is one line for people. */
  readonly lost: (ids: readonly string[], why: string) => void
  /** Asked before commands are started, once for all of a turn of the event loop. */
  readonly mayStart: () => boolean
  /** These commands were not started, since they might not be. */
  readonly withheld: (ids: readonly string[]) => void
}

interface Member {
  readonly launcher: Launcher
  /** Ids of the commands that it has. */
  readonly ids: Set<string>
}

export function createFleet({ most, hello, report, lost, mayStart, withheld }: FleetOptions): Fleet {
  const members = new Set<Member>()
  const memberOf = new Map<string, Member>()
  /** Commands that leave at the end of this turn. */
  let starts: CommandStart[] = []

  const join = (): Member => {
    const ids = new Set<string>()
    const launcher = startLauncher({
      report(said) {
        if (said.type === 'exited') forget(said.id)
        report(said)
      },
      gone(why) {
        members.delete(member)
        for (const id of ids) memberOf.delete(id)
        if (ids.size > 0) lost([...ids], why)
      },
    })
    const member: Member = { launcher, ids }
    members.add(member)
    launcher.send(hello)
    return member
  }
  const forget = (id: string): void => {
    memberOf.get(id)?.ids.delete(id)
    memberOf.delete(id)
  }
  const release = (): void => {
    const due = starts
    starts = []
    if (due.length === 0) return
    if (mayStart()) for (const order of due) memberOf.get(order.id)?.launcher.send(order)
    else withhold(due.map(({ id }) => id))
    for (const { launcher } of members) launcher.flush()
  }
  const withhold = (ids: readonly string[]): void => {
    for (const id of ids) forget(id)
    withheld(ids)
  }
  return {
    start(order) {
      const idlest = leastBusy(members)
      const member = idlest === undefined || (idlest.ids.size > 0 && members.size < most) ? join() : idlest
      member.ids.add(order.id)
      memberOf.set(order.id, member)
      if (starts.push(order) === 1) setImmediate(release)
    },
    send(order) {
      // An order must not overtake the start that it speaks of.
      if (starts.some(({ id }) => id === order.id)) release()
      memberOf.get(order.id)?.launcher.send(order)
    },
    async close() {
      release()
      const leaving = [...members].map(({ launcher }) => launcher)
      for (const launcher of leaving) launcher.end()
      await Promise.all(leaving.map(launcher => launcher.gone))
    },
  }
}

function leastBusy(members: Iterable<Member>): Member | undefined {
  let least: Member | undefined
  for (const member of members) if (least === undefined || member.ids.size < least.ids.size) least = member
  return least
}
