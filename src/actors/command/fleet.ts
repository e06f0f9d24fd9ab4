import type { LivingLauncher } from './attach.ts'
import {
  dismissReady,
  type Launcher,
  type LauncherListener,
  readyLaunchers,
  startLauncher,
} from './launcherProcess.ts'
import type { CommandStart, LauncherOrder, LauncherReport } from './protocol.ts'

/** The launchers of an executor. */
export interface Fleet {
  /** Gives a command to the launcher with the least to do; starts one where all are busy and there may be more. */
  start(order: CommandStart): void
  /** So many commands will come: the launchers for them may start already. */
  expect(count: number): void
  /** Reaches the launcher that has the command; nobody when it has ended. */
  send(order: Extract<LauncherOrder, { type: 'terminate' | 'kill' }>): void
  /** Takes over a launcher of an earlier scheduler. */
  adopt(launcher: LivingLauncher): void
  /** The endings of these commands are in the journal: their launchers may forget them. Unknown ids are ignored. */
  acknowledge(ids: readonly string[]): void
  /** Lets all launchers go on alone, as if the scheduler had died; resolves when those have left that were started here. */
  letGo(): Promise<void>
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
  /** Those of them whose ending it is to forget. */
  acknowledged: string[]
}

export function createFleet({ most, hello, report, lost, mayStart, withheld }: FleetOptions): Fleet {
  const members = new Set<Member>()
  const memberOf = new Map<string, Member>()
  /** Commands that leave at the end of this turn. */
  let starts: CommandStart[] = []
  let isReleasing = false
  let isLetGo = false
  /** Who has told of an ending that is not acknowledged yet. */
  const keeperOf = new Map<string, Member>()

  const join = (start: (listener: LauncherListener) => Launcher, running: Iterable<string> = []): Member => {
    const ids = new Set(running)
    const launcher = start({
      report(said) {
        if (said.type === 'exited') ended(said.id)
        else if (said.type === 'blocked') forget(said.id)
        report(said)
      },
      gone(why) {
        members.delete(member)
        for (const id of ids) memberOf.delete(id)
        if (ids.size > 0 && !isLetGo) lost([...ids], why)
      },
    })
    const member: Member = { launcher, ids, acknowledged: [] }
    for (const id of ids) memberOf.set(id, member)
    members.add(member)
    launcher.send(hello)
    return member
  }
  const ended = (id: string): void => {
    const member = memberOf.get(id)
    if (member && hello.folder !== null) keeperOf.set(id, member)
    forget(id)
  }
  const forget = (id: string): void => {
    memberOf.get(id)?.ids.delete(id)
    memberOf.delete(id)
  }
  const soon = (): void => {
    if (!isReleasing) setImmediate(release)
    isReleasing = true
  }
  const release = (): void => {
    const due = starts
    starts = []
    isReleasing = false
    if (due.length > 0 && !mayStart()) withhold(due.map(({ id }) => id))
    else for (const order of due) memberOf.get(order.id)?.launcher.send(order)
    for (const member of members) {
      if (member.acknowledged.length > 0)
        member.launcher.send({ type: 'acknowledge', ids: member.acknowledged })
      member.acknowledged = []
      member.launcher.flush()
    }
  }
  const withhold = (ids: readonly string[]): void => {
    for (const id of ids) forget(id)
    withheld(ids)
  }
  const leave = async (ask: (launcher: Launcher) => void): Promise<void> => {
    const leaving = [...members].map(({ launcher }) => launcher)
    for (const launcher of leaving) ask(launcher)
    await Promise.all(leaving.map(launcher => launcher.gone))
  }
  return {
    start(order) {
      const idlest = leastBusy(members)
      const member =
        idlest === undefined || (idlest.ids.size > 0 && members.size < most) ? join(startLauncher) : idlest
      member.ids.add(order.id)
      memberOf.set(order.id, member)
      starts.push(order)
      soon()
    },
    expect(count) {
      readyLaunchers(Math.min(count, most) - members.size)
    },
    send(order) {
      // An order must not overtake the start that it speaks of.
      if (starts.some(({ id }) => id === order.id)) release()
      memberOf.get(order.id)?.launcher.send(order)
    },
    adopt(found) {
      const ids = found.commands.flatMap(({ id, ending }) => (ending === null ? [id] : []))
      const member = join(listener => found.adopt(listener), ids)
      for (const { id, ending } of found.commands) if (ending !== null) keeperOf.set(id, member)
    },
    acknowledge(ids) {
      for (const id of ids) keeperOf.get(id)?.acknowledged.push(id)
      for (const id of ids) keeperOf.delete(id)
      soon()
    },
    async letGo() {
      isLetGo = true
      starts = []
      dismissReady()
      await leave(launcher => launcher.letGo())
    },
    async close() {
      release()
      dismissReady()
      await leave(launcher => launcher.end())
    },
  }
}

function leastBusy(members: Iterable<Member>): Member | undefined {
  let least: Member | undefined
  for (const member of members) if (least === undefined || member.ids.size < least.ids.size) least = member
  return least
}
