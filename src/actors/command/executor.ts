import type { Executor, ExecutorReport, Work } from '../../executor.ts'
import type { Ending } from '../../job.ts'
import { type Environment, jobEnvironment } from '../environment.ts'
import { removeIfEmpty } from '../makeFolder.ts'
import { findLaunchers } from './attach.ts'
import { lostEnding, startFailure } from './endings.ts'
import { createFleet } from './fleet.ts'
import { MOST_LAUNCHERS, readyLaunchers } from './launcherProcess.ts'
import { endLost, Remains } from './leftOver.ts'
import { notebooksIn } from './notebook.ts'
import type { CommandEnding, CommandStand, CommandStart, LauncherOrder, LauncherReport } from './protocol.ts'
import { endRemains } from './remains.ts'
import { createSessionEnder } from './sessions.ts'

export { endAbandoned, followed } from './abandoned.ts'
export { findDelegation, prepareCgroups } from './cgroup.ts'
export { fence, fencedIn, isFenced, unfence } from './fence.ts'
export type { CommandStand } from './protocol.ts'

/** Settings of the command executor. */
export interface CommandExecutorOptions {
  /** Milliseconds since the epoch, for the moments that are told. */
  readonly now: () => number
  /** Environment that jobs start from. Default: that of this process. */
  readonly env?: Environment
  /** Most launcher processes. Default 2. */
  readonly launchers?: number
  /** Seconds between TERM and KILL for what a command leaves behind. Default 2. */
  readonly graceS?: number
  /** Asked before commands are started, once for all of a turn of the event loop. Default: yes. */
  readonly mayStart?: () => boolean
  /** These placements were not started, since they might not be: nothing more is told of them. */
  readonly withheld?: (placementIds: readonly string[]) => void
  /**
   * The run's folder takes no files (a full disk), so that these commands could not be started: they are withheld, and
   * `why` says in one line what to do. Default: they fail.
   */
  readonly blocked?: (why: string) => void
  /** The cgroup in which each command is given one of its own, limited to its RAM. Default: commands are not limited. */
  readonly cgroups?: string
  /**
   * Where launchers keep what must outlive the scheduler. Default: none, and launchers end with their scheduler and
   * commands with them.
   */
  readonly folder?: string
}

/** The executor of commands, which may outlive their scheduler. */
export interface CommandExecutor extends Executor {
  /** So many commands will come: the launchers for them may start already. */
  expect(count: number): void
  /**
   * Takes over what an earlier scheduler has left, of these placements (the output file of each by its id), and tells
   * how it stands. `start` then only follows what runs or has ended already. What nobody knows of any more is ended
   * where it still lives, and is not among those returned. Throws a `LongshoreError` where a launcher does not answer.
   */
  adopt(outputs: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, CommandStand>>
  /** The ends of these placements are in the journal. Unknown ids are ignored. */
  acknowledge(placementIds: readonly string[]): void
  /**
   * Lets what runs go on alone, as if the scheduler had died: nothing more is told. Resolves when the launchers have left
   * that were started here. Without a folder they end what they run.
   */
  letGo(): Promise<void>
}

interface RunningCommand {
  readonly id: string
  readonly output: string
  readonly tell: (report: ExecutorReport) => void
  pid: number | null
  startedAt: number | null
  ramGb: number | null
  peakRamGb: number | null
}

/**
 * How commands have ended whose launchers kept that in a folder, by id of placement: where the machine is gone that they
 * ran on. Those that were ended by a signal are left out, since a machine that goes down ends its processes so.
 */
export function endingsIn(folder: string): ReadonlyMap<string, EndedCommand> {
  const ended = notebooksIn(folder).filter(entry => entry.type === 'ended')
  return new Map(ended.filter(({ ending }) => ending.signal === null).map(entry => [entry.id, entry]))
}

/** How a command has ended, and when it was started (milliseconds since the epoch). */
export type EndedCommand = Pick<CommandStand, 'startedAt'> & { readonly ending: CommandEnding }

/** So many commands will come, to an executor that is still to be made: launchers for them start already. */
export function expectCommands(count: number): void {
  readyLaunchers(Math.min(MOST_LAUNCHERS, count))
}

/** Runs commands by way of launcher processes, which are started when there is something to run. */
export function createCommandExecutor(options: CommandExecutorOptions): CommandExecutor {
  const { now, env = process.env, launchers = MOST_LAUNCHERS, graceS = 2, folder = null } = options
  const running = new Map<string, RunningCommand>()
  const ender = createSessionEnder(graceS)
  const { mayStart = () => true } = options
  const fleet = createFleet({
    most: launchers,
    hello: hello(env, graceS, folder),
    report: take,
    lost,
    mayStart,
    withheld,
  })
  /** What an earlier scheduler has left, until it is followed. */
  const adopted = new Map<string, CommandStand>()
  const remains = new Remains()
  const idle = Promise.withResolvers<void>()
  let closed = false

  function take(said: LauncherReport): void {
    const command = running.get(said.id)
    if (command === undefined || adopted.has(said.id)) noteAdopted(adopted, said)
    else if (said.type === 'exited') end(command, { ...said.ending, value: undefined })
    else if (said.type === 'blocked') block(command, said.why)
    else note(command, said, now)
  }
  function lost(ids: readonly string[], why: string): void {
    const commands = ids.flatMap(id => running.get(id) ?? [])
    endRemains(commands, ender, command => end(command, lostEnding(command, why, now())))
    if (closed) for (const id of ids) kill(id)
  }
  /** No fault of the job: it waits again, where whoever asked for it wants that. */
  function block(command: RunningCommand, why: string): void {
    if (options.blocked) {
      withheld([command.id])
      options.blocked(why)
    } else end(command, { ...startFailure(why), value: undefined })
  }
  function withheld(ids: readonly string[]): void {
    for (const id of ids) running.delete(id)
    options.withheld?.(ids)
  }
  function end({ id, tell }: RunningCommand, ending: Ending): void {
    running.delete(id)
    tell({ type: 'job.exited', placementId: id, ending })
    if (closed && running.size === 0) idle.resolve()
  }
  function kill(id: string): void {
    fleet.send({ type: 'kill', id })
    const pid = running.get(id)?.pid ?? null
    if (pid !== null) ender.kill(pid)
  }
  /** It runs already, or has ended: what is known of it is told as if it had happened now. */
  function follow(command: RunningCommand): void {
    const stand = adopted.get(command.id)
    adopted.delete(command.id)
    if (!stand || running.get(command.id) !== command) return
    const { id: placementId, tell } = command
    command.pid = stand.pid
    command.startedAt = stand.startedAt
    command.ramGb = stand.ramGb
    if (stand.startedAt !== null)
      tell({ type: 'job.started', placementId, at: stand.startedAt, pid: stand.pid })
    if (stand.ending !== null) end(command, { ...stand.ending, value: undefined })
  }
  return {
    start(work, tell) {
      const command = newCommand(work, tell)
      running.set(command.id, command)
      // Told a turn later: whoever wants it to end can say so first.
      if (adopted.has(command.id)) return void setImmediate(follow, command)
      const order = startOrder(work, env, options.cgroups)
      if (closed) setImmediate(end, command, { ...startFailure('the executor is closed'), value: undefined })
      else fleet.start(order)
    },
    expect: count => fleet.expect(count),
    async adopt(outputs) {
      if (folder === null) return adopted
      const { living, dead } = await findLaunchers(folder)
      for (const launcher of living) {
        fleet.adopt(launcher)
        for (const stand of launcher.commands) adopted.set(stand.id, { ...stand })
      }
      for (const launcher of dead)
        for (const stand of remains.take(launcher, outputs)) adopted.set(stand.id, stand)
      const strays = [...adopted.keys()].filter(id => !outputs.has(id))
      for (const id of strays) {
        fleet.send({ type: 'kill', id })
        adopted.delete(id)
      }
      fleet.acknowledge(strays)
      await endLost(outputs, adopted, dead, ender)
      return adopted
    },
    acknowledge(ids) {
      fleet.acknowledge(ids)
      remains.acknowledge(ids)
    },
    letGo() {
      running.clear()
      return fleet.letGo()
    },
    terminate: id => fleet.send({ type: 'terminate', id }),
    kill,
    ramGb: id => running.get(id)?.ramGb ?? null,
    async close() {
      closed = true
      for (const id of running.keys()) kill(id)
      await fleet.close()
      if (running.size > 0) await idle.promise
      // Launchers have taken away what nobody needs any more.
      if (folder !== null) removeIfEmpty(folder)
    },
  }
}

/** Something was told of a command before anybody followed it. */
function noteAdopted(adopted: Map<string, CommandStand>, said: LauncherReport): void {
  const stand = adopted.get(said.id)
  if (stand && said.type === 'exited') adopted.set(said.id, { ...stand, ending: said.ending })
}

function hello(
  env: Environment,
  graceS: number,
  folder: string | null,
): Extract<LauncherOrder, { type: 'hello' }> {
  const defined = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
  return { type: 'hello', env: Object.fromEntries(defined), graceS, folder }
}

function newCommand({ placement, paths }: Work, tell: RunningCommand['tell']): RunningCommand {
  const { id } = placement
  return { id, output: paths.output, tell, pid: null, startedAt: null, ramGb: null, peakRamGb: null }
}

function startOrder(work: Work, env: Environment, cgroups: string | undefined): CommandStart {
  const { job, placement, paths } = work
  if (job.run.kind !== 'command') throw new TypeError(`${job.id} is no command but of kind ${job.run.kind}`)
  return {
    type: 'start',
    id: placement.id,
    command: job.run.command,
    cwd: job.cwd,
    env: jobEnvironment(work, env),
    cpus: placement.cpus,
    ...(cgroups !== undefined && { cgroup: { parent: cgroups, ramGb: placement.ramGb } }),
    jobDir: paths.jobDir,
    output: paths.output,
    stdout: paths.stdout,
    stderr: paths.stderr,
  }
}

/** Notes what a launcher says of a running command, and tells what the port has words for. */
function note(
  command: RunningCommand,
  said: Exclude<LauncherReport, { type: 'exited' | 'blocked' }>,
  now: () => number,
): void {
  const { id: placementId, tell } = command
  switch (said.type) {
    case 'started':
      command.pid = said.pid
      command.startedAt = now()
      tell({ type: 'job.started', placementId, at: command.startedAt, pid: said.pid })
      break
    case 'progressed':
      tell({ type: 'job.progressed', placementId, fraction: said.fraction })
      break
    case 'sampled':
      command.ramGb = said.ramGb
      command.peakRamGb = Math.max(command.peakRamGb ?? 0, said.ramGb)
  }
}
