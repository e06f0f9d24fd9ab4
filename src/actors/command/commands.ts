import type { ChildProcess } from 'node:child_process'
import { readLogTail } from '../../probe/outOfMemory/logTail.ts'
import { createOomKills, type OomKills } from '../../probe/outOfMemory/oomKills.ts'
import { withEvidence } from '../../probe/outOfMemory/ranOut.ts'
import { createJobCgroup, type JobCgroup } from './cgroup.ts'
import { commandEnding, type LeaderExit, startFailure } from './endings.ts'
import { sessionsOf } from './processes.ts'
import type { CommandEnding, CommandStand, CommandStart, LauncherOrder, LauncherReport } from './protocol.ts'
import { endSessions } from './remains.ts'
import { newRunning, type Running, standOf, tellSample } from './running.ts'
import { createSampler } from './sampler.ts'
import { createSessionEnder, signalGroup, terminateGroup } from './sessions.ts'
import { spawnCommand } from './spawnCommand.ts'
import { createStrays, liveStrays } from './strays.ts'

/** A command that has run for longer, in seconds, may have left what nobody has seen. */
const LONG_S = 5
/** So much later than a command this process may get a signal that is for all. */
const SIGNAL_MS = 50

/** The commands of one launcher. */
export interface Commands {
  take(order: Extract<LauncherOrder, { type: 'start' | 'terminate' | 'kill' }>): void
  /** From now on commands start in this environment. */
  use(hello: Hello): void
  readonly size: number
  /** Those that run. */
  stands(): CommandStand[]
  /** Ends all of them (TERM, grace, KILL) and then calls `ended`. */
  endAll(ended: () => void): void
  /** Ends all of them at once, and then calls `ended`. */
  killAll(ended: () => void): void
  /** Ends what those that have ended may have left behind, and then calls `done`. */
  finish(done: () => void): void
}

type Hello = Extract<LauncherOrder, { type: 'hello' }>

/** Who hears of commands. */
export interface CommandListener {
  /** Sent with the next report that is due, or a few milliseconds later. */
  tellSoon(report: Exclude<LauncherReport, { type: 'exited' }>): void
  /** It lives long enough to be looked at: this names its leader for as long as the machine runs. */
  seen(id: string, pid: number): void
  ended(id: string, run: Pick<CommandStand, 'pid' | 'startedAt'>, ending: CommandEnding): void
  /** Nothing runs any more. */
  idle(): void
}

/** Starts commands, follows them, and tells of their end when nothing of them runs any more. */
export function createCommands(hello: Hello, listener: CommandListener): Commands {
  const { graceS } = hello
  let { env } = hello
  const running = new Map<string, Running>()
  const sampler = createSampler()
  const oomKills = createOomKills()
  const ender = createSessionEnder(graceS)
  const strays = createStrays(ender)
  let onIdle = (): void => listener.idle()

  const start = (order: CommandStart): void => {
    const failed = (message: string): void => listener.ended(order.id, NEVER, startFailure(message))
    const cgroup = cgroupFor(order, failed)
    if (cgroup === undefined) return
    const without = (): void => cgroup?.remove()
    spawnCommand(order, env, cgroup?.folder ?? null, {
      started: (child, pid) => follow(order, child, pid, cgroup),
      failed(message) {
        without()
        failed(message)
      },
      blocked(why) {
        without()
        listener.tellSoon({ type: 'blocked', id: order.id, why })
      },
    })
  }
  const follow = (order: CommandStart, child: ChildProcess, pid: number, cgroup: JobCgroup | null): void => {
    const command = newRunning(order, pid, oomKills.mark(), cgroup)
    running.set(order.id, command)
    command.sampled = sampler.follow(pid, ramGb => tellSample(command, ramGb, listener))
    child.once('exit', (exitCode, signal) =>
      leaderExited(command, { exitCode, signal, durationS: (performance.now() - command.startedAt) / 1000 }),
    )
    // A short command has ended before this leaves: then both go in one write.
    listener.tellSoon({ type: 'started', id: order.id, pid })
  }
  const leaderExited = (command: Running, exit: LeaderExit): void => {
    sampler.forget(command.pid)
    const settle = (): void => {
      running.delete(command.id)
      const ending = commandEnding(exit, command.output.read(), peakOf(command))
      const { id, pid, since: startedAt } = command
      listener.ended(id, { pid, startedAt }, explained(command, ending, oomKills))
      command.cgroup?.remove()
      if (running.size === 0) onIdle()
    }
    // What ends all processes may not have come to this one yet.
    const isAsked = exit.signal === null || command.isEnding
    endRest(command, exit, () => void (isAsked ? settle() : setTimeout(settle, SIGNAL_MS)))
  }
  /** Calls `gone` when nothing of it lives any more. */
  const endRest = (command: Running, exit: LeaderExit, gone: () => void): void => {
    const { pid, outputPath, sampled, cgroup } = command
    const end = (pids: readonly number[]): void => {
      command.left = sessionsOf([...pids, ...liveStrays(sampled.strays), ...(cgroup?.pids() ?? [])])
      // The usual case costs one system call: nobody is left in the group, and no other group was ever seen.
      if (sampled.manyGroups || signalGroup(pid, 0)) command.left.add(pid)
      endSessions(command.left, ender, gone)
    }
    if (isSearched(command, exit)) strays.find(outputPath, end)
    else {
      strays.endSoon(outputPath)
      end([])
    }
  }
  const terminate = (command: Running): void => {
    command.isEnding = true
    terminateGroup(command.pid)
  }
  const kill = (command: Running): void => {
    command.isEnding = true
    signalGroup(command.pid, 'SIGKILL')
    command.cgroup?.kill()
    for (const session of command.left) ender.kill(session)
  }
  return {
    take(order) {
      if (order.type === 'start') return start(order)
      const command = running.get(order.id)
      if (command === undefined) return
      if (order.type === 'kill') kill(command)
      else terminate(command)
    },
    use(next) {
      env = next.env
    },
    get size() {
      return running.size
    },
    stands: () => [...running.values()].map(standOf),
    finish: strays.finish,
    endAll(ended) {
      onIdle = () => strays.finish(ended)
      if (running.size === 0) return onIdle()
      running.forEach(terminate)
      setTimeout(() => running.forEach(kill), graceS * 1000).unref()
    },
    killAll(ended) {
      onIdle = () => strays.finish(ended)
      running.forEach(kill)
    },
  }
}

/** What has run for long, or was ended, is worth a search that it waits for. */
function isSearched({ isEnding }: Running, { signal, durationS }: LeaderExit): boolean {
  return isEnding || signal !== null || durationS > LONG_S
}

let cgroups = 0

/** Its own cgroup, `null` where it is to have none; nothing where that cannot be made, and then that was told. */
function cgroupFor(
  { cgroup }: CommandStart,
  failed: (message: string) => void,
): JobCgroup | null | undefined {
  if (!cgroup) return null
  try {
    const limitGb = cgroup.ramGb > 0 ? cgroup.ramGb : null
    return createJobCgroup(cgroup.parent, `longshore-${process.pid}-${++cgroups}`, limitGb)
  } catch (error) {
    failed(`its RAM cannot be limited: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

/** What was sampled is what it held itself; a cgroup counts what it has read from files, too: better than nothing. */
function peakOf({ sampled, cgroup }: Running): number | null {
  return sampled.peakRamGb ?? cgroup?.peakGb() ?? null
}

/** The kernel counts for each cgroup, and else for the whole machine. */
function killsOf({ cgroup, killsBefore }: Running, oomKills: OomKills): number | null {
  return cgroup?.oomKills() ?? oomKills.since(killsBefore)
}

/** Why it failed, as far as its logs and the kernel tell: of a success nothing is read. */
function explained(command: Running, ending: CommandEnding, oomKills: OomKills): CommandEnding {
  const { exitCode, signal, failure } = ending
  if (failure === undefined) return ending
  const said = command.logs.map(readLogTail).join('\n')
  const killed = signal === 'SIGKILL' ? killsOf(command, oomKills) : null
  return { ...ending, failure: withEvidence(failure, { exitCode, signal, said, oomKills: killed }) }
}

const NEVER = { pid: null, startedAt: null } as const
