import { existsSync, readdirSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { LongshoreError } from '../../errors.ts'
import { bootId, startTicks } from '../procfs.ts'
import { shortPath } from '../socketPath.ts'
import { receive, sender } from './channel.ts'
import type { Launcher, LauncherListener } from './launcherProcess.ts'
import { type Entry, readNotebook } from './notebook.ts'
import {
  type CommandStand,
  type LauncherGreeting,
  type LauncherOrder,
  type LauncherReport,
  PROTOCOL_VERSION,
} from './protocol.ts'

/** A launcher of an earlier scheduler that still lives. */
export interface LivingLauncher {
  readonly commands: readonly CommandStand[]
  /** Takes it over. What it has told since is told first, a turn later: its commands are to be known by then. */
  adopt(listener: LauncherListener): Launcher
}

/** What a launcher that has died has left. */
export interface DeadLauncher {
  readonly entries: readonly Entry[]
  /** Whether it lived in this start of the machine. */
  readonly sameBoot: boolean
  /** Its notebook is not needed any more. */
  forget(): void
}

const TRY_AGAIN_MS = 20
const LONGEST_WAIT_MS = 10_000

/** The launchers that earlier schedulers of a run have left in its folder. Throws a `LongshoreError` where one does not answer. */
export async function findLaunchers(
  folder: string,
): Promise<{ readonly living: readonly LivingLauncher[]; readonly dead: readonly DeadLauncher[] }> {
  const files = existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.jsonl')) : []
  const living: LivingLauncher[] = []
  const dead: DeadLauncher[] = []
  for (const file of files) {
    const found = await findLauncher(folder, file.slice(0, -'.jsonl'.length))
    if ('adopt' in found) living.push(found)
    else dead.push(found)
  }
  return { living, dead }
}

/** It may be about to listen, or about to leave: so it is tried until it answers or is proven dead. */
async function findLauncher(folder: string, name: string): Promise<LivingLauncher | DeadLauncher> {
  const path = join(folder, `${name}.jsonl`)
  const [self] = readNotebook(path)
  const since = performance.now()
  while (self?.type === 'launcher' && isAlive(self)) {
    const living = await tryAttach(folder, `${name}.sock`)
    if (living) return living
    if (performance.now() - since > LONGEST_WAIT_MS) throw silent(self.pid)
    await wait(TRY_AGAIN_MS)
  }
  const forget = (): void => {
    rmSync(path, { force: true })
    rmSync(join(folder, `${name}.sock`), { force: true })
  }
  const sameBoot = self?.type === 'launcher' && self.boot === bootId()
  // Read again: it may have written its last words before it left.
  return { entries: existsSync(path) ? readNotebook(path) : [], sameBoot, forget }
}

function isAlive({ pid, ticks, boot }: Extract<Entry, { type: 'launcher' }>): boolean {
  return boot === bootId() && startTicks(pid) === ticks && ticks !== null
}

function silent(pid: number): LongshoreError {
  return new LongshoreError(
    `process ${pid}, which runs commands of this run for a scheduler that has ended, does not answer. Is it stopped? kill -CONT ${pid} lets it go on`,
  )
}

function tryAttach(folder: string, file: string): Promise<LivingLauncher | null> {
  const { promise, resolve, reject } = Promise.withResolvers<LivingLauncher | null>()
  const path = shortPath(folder, file)
  const socket = connect(path.name)
  const waiting: LauncherReport[] = []
  let take = (report: LauncherReport): void => void waiting.push(report)
  const adopt = (listener: LauncherListener): Launcher => {
    const tellWhatWaits = (): void => {
      for (const report of waiting) listener.report(report)
      take = report => listener.report(report)
    }
    return launcherOver(socket, listener, tellWhatWaits)
  }
  receive<LauncherReport | LauncherGreeting>(socket, said => {
    if (said.type !== 'here') take(said)
    else if (said.version === PROTOCOL_VERSION) resolve({ commands: said.commands, adopt })
    else
      reject(
        new LongshoreError(
          'commands of this run are in the hands of another version of Longshore: wait until they have ended, or go on with that version',
        ),
      )
  })
  socket.once('error', () => resolve(null))
  socket.once('close', () => resolve(null))
  return promise.finally(path.done)
}

function launcherOver(socket: Socket, listener: LauncherListener, begin: () => void): Launcher {
  const orders = sender<LauncherOrder>(socket)
  const { promise, resolve } = Promise.withResolvers<void>()
  const gone = (): void => {
    resolve()
    listener.gone('its socket was closed')
  }
  setImmediate(() => {
    begin()
    if (socket.closed) gone()
    else socket.once('close', gone)
  })
  return {
    pid: undefined,
    send: orders.send,
    flush: orders.flush,
    end() {
      orders.send({ type: 'end' })
      orders.flush()
    },
    letGo: () => socket.destroy(),
    gone: promise,
  }
}
