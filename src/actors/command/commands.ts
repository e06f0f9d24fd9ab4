import type { ChildProcess } from 'node:child_process'
import { readLogTail } from '../../probe/outOfMemory/logTail.ts'
import { createOomKills, type OomKills } from '../../probe/outOfMemory/oomKills.ts'
import { withEvidence } from '../../probe/outOfMemory/ranOut.ts'
import { commandEnding, type LeaderExit, startFailure } from './endings.ts'
import { type OutputFile, openOutput } from './files.ts'
import type { CommandEnding, CommandStand, CommandStart, LauncherOrder, LauncherReport } from './protocol.ts'
import { createSampler, type Sampled } from './sampler.ts'
import { createSessionEnder, signalGroup, terminateGroup } from './sessions.ts'
import { spawnCommand } from './spawnCommand.ts'

/** RAM that has changed by less is not told again, in GiB. */
const TOLD_CHANGE_GB = 1 / 1024

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

interface Running {
  readonly id: string
  readonly pid: number
  /** By the clock that cannot be set. */
  readonly startedAt: number
  /** By that of the machine, milliseconds since the epoch. */
  readonly since: number
  readonly output: OutputFile
  readonly logs: readonly string[]
  /** What the kernel had killed before it was started. */
  readonly killsBefore: number | null
  sampled: Sampled
  isSeen: boolean
  toldRamGb: number
  toldProgress: number | null
  leaderEnded: boolean
}

/** Starts commands, follows them, and tells of their end when nothing of them runs any more. */
export function createCommands(hello: Hello, listener: CommandListener): Commands {
  const { graceS } = hello
  let { env } = hello
  const running = new Map<string, Running>()
  const sampler = createSampler()
  const oomKills = createOomKills()
  const ender = createSessionEnder(graceS)
  let onIdle = (): void => listener.idle()

  const start = (order: CommandStart): void => {
    spawnCommand(order, env, {
      started: (child, pid) => follow(order, child, pid),
      failed: message => listener.ended(order.id, NEVER, startFailure(message)),
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
    command.leaderEnded = true
    sampler.forget(command.pid)
    const gone = (): void => {
      running.delete(command.id)
      const ending = commandEnding(exit, command.output.read(), command.sampled.peakRamGb)
      const { id, pid, since: startedAt } = command
      listener.ended(id, { pid, startedAt }, explained(command, ending, oomKills))
      if (running.size === 0) onIdle()
    }
    // The usual case costs one system call: nobody is left in the group, and no other group was ever seen.
    if (!command.sampled.manyGroups && !signalGroup(command.pid, 0)) gone()
    else ender.end(command.pid, gone)
  }
  const kill = (command: Running): void => {
    signalGroup(command.pid, 'SIGKILL')
    if (command.leaderEnded) ender.kill(command.pid)
  }
  return {
    take(order) {
      if (order.type === 'start') return start(order)
      const command = running.get(order.id)
      if (command === undefined) return
      if (order.type === 'kill') kill(command)
      else terminateGroup(command.pid)
    },
    use(next) {
      env = next.env
    },
    get size() {
      return running.size
    },
    stands: () => [...running.values()].map(standOf),
    endAll(ended) {
      if (running.size === 0) return ended()
      onIdle = ended
      for (const command of running.values()) terminateGroup(command.pid)
      setTimeout(() => running.forEach(kill), graceS * 1000).unref()
    },
  }
}

/** Why it failed, as far as its logs and the kernel tell: of a success nothing is read. */
function explained(command: Running, ending: CommandEnding, oomKills: OomKills): CommandEnding {
  const { exitCode, signal, failure } = ending
  if (failure === undefined) return ending
  const said = command.logs.map(readLogTail).join('\n')
  const killed = signal === 'SIGKILL' ? oomKills.since(command.killsBefore) : null
  return { ...ending, failure: withEvidence(failure, { exitCode, signal, said, oomKills: killed }) }
}

function newRunning(
  { id, output, stdout, stderr }: CommandStart,
  pid: number,
  killsBefore: number | null,
): Running {
  return {
    id,
    pid,
    startedAt: performance.now(),
    since: Date.now(),
    output: openOutput(output),
    logs: [stdout, stderr],
    killsBefore,
    sampled: { peakRamGb: null, manyGroups: false },
    isSeen: false,
    toldRamGb: 0,
    toldProgress: null,
    leaderEnded: false,
  }
}

const NEVER = { pid: null, startedAt: null } as const

function standOf({ id, pid, since: startedAt, toldRamGb: ramGb }: Running): CommandStand {
  return { id, pid, startedAt, ramGb, ending: null }
}

function tellSample(command: Running, ramGb: number, { tellSoon: tell, seen }: CommandListener): void {
  if (!command.isSeen) seen(command.id, command.pid)
  command.isSeen = true
  if (Math.abs(ramGb - command.toldRamGb) > TOLD_CHANGE_GB) {
    command.toldRamGb = ramGb
    tell({ type: 'sampled', id: command.id, ramGb })
  }
  const { progress } = command.output.read()
  if (progress === null || progress === command.toldProgress) return
  command.toldProgress = progress
  tell({ type: 'progressed', id: command.id, fraction: progress })
}
