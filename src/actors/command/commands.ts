import type { ChildProcess } from 'node:child_process'
import { readLogTail } from '../../probe/outOfMemory/logTail.ts'
import { createOomKills, type OomKills } from '../../probe/outOfMemory/oomKills.ts'
import { withEvidence } from '../../probe/outOfMemory/ranOut.ts'
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
    spawnCommand(order, env, {
      started: (child, pid) => follow(order, child, pid),
      failed: message => listener.ended(order.id, NEVER, startFailure(message)),
      blocked: why => listener.tellSoon({ type: 'blocked', id: order.id, why }),
    })
  }
  const follow = (order: CommandStart, child: ChildProcess, pid: number): void => {
    const command = newRunning(order, pid, oomKills.mark())
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
    endRest(command, exit, () => {
      running.delete(command.id)
      const ending = commandEnding(exit, command.output.read(), command.sampled.peakRamGb)
      const { id, pid, since: startedAt } = command
      listener.ended(id, { pid, startedAt }, explained(command, ending, oomKills))
      if (running.size === 0) onIdle()
    })
  }
  /** Calls `gone` when nothing of it lives any more. */
  const endRest = (command: Running, exit: LeaderExit, gone: () => void): void => {
    const { pid, outputPath, sampled } = command
    const end = (pids: readonly number[]): void => {
      command.left = sessionsOf([...pids, ...liveStrays(sampled.strays)])
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
  }
}

/** What has run for long, or was ended, is worth a search that it waits for. */
function isSearched({ isEnding }: Running, { signal, durationS }: LeaderExit): boolean {
  return isEnding || signal !== null || durationS > LONG_S
}

/** Why it failed, as far as its logs and the kernel tell: of a success nothing is read. */
function explained(command: Running, ending: CommandEnding, oomKills: OomKills): CommandEnding {
  const { exitCode, signal, failure } = ending
  if (failure === undefined) return ending
  const said = command.logs.map(readLogTail).join('\n')
  const killed = signal === 'SIGKILL' ? oomKills.since(command.killsBefore) : null
  return { ...ending, failure: withEvidence(failure, { exitCode, signal, said, oomKills: killed }) }
}

const NEVER = { pid: null, startedAt: null } as const
