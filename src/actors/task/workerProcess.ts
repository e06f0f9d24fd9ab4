import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { endFirst } from '../oomScore.ts'
import type { Death } from './death.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { endSession, killGroup } from './session.ts'
import type { WorkerCommand } from './workerCommand.ts'

/** What a worker process tells its owner. */
export interface WorkerEvents {
  heard(message: FromWorker): void
  /** What native code or a child process wrote to the worker's own standard output or error. */
  printed(stream: 'stdout' | 'stderr', chunk: Buffer): void
  /** What its task has started in sessions of their own, and still runs. */
  strays(): readonly number[]
  /** The last event, once: neither the process nor anything that it has started runs any more. */
  gone(death: Death): void
}

/** A worker process as its owner handles it. */
export interface WorkerProcess {
  readonly pid: number | null
  /** True once a task could not be delivered because the process had ended before: it has not begun. */
  readonly undelivered: boolean
  /** @throws DataCloneError for what structured clone refuses; nothing was sent then */
  send(message: ToWorker): void
  /** Ends it and all that it has started, at once; `gone` follows. */
  end(): void
}

const LONGEST_TAIL = 2 ** 14
/** Somebody who has left the session may hold the pipes for ever. */
const LONGEST_DRAIN_MS = 100

/**
 * Starts a worker in a session of its own, with Node's own channel (serialization `advanced`, that is structured
 * clone): in a ping-pong with two workers it took no more of this process than frames of our own over a socket pair.
 */
export function startWorkerProcess(
  { file, args }: WorkerCommand,
  env: NodeJS.ProcessEnv,
  events: WorkerEvents,
): WorkerProcess {
  const child = trySpawn(file, args, env)
  if (child instanceof Error) return unstarted(child, events)
  const { pid } = child
  if (pid !== undefined) endFirst(pid)
  const last = follow(child, events)
  letGo(child)
  return {
    pid: pid ?? null,
    get undelivered() {
      return last.undelivered
    },
    send(message) {
      if (pid === undefined) return
      // A failure to send a task comes as an `error`; where there is a callback, it would cost a tick for each.
      if (message === 'abort') child.send(message, ignore)
      else child.send(message)
    },
    end() {
      last.wanted = true
      if (pid !== undefined && child.exitCode === null && child.signalCode === null) killGroup(pid)
    },
  }
}

/** Most failures of a spawn come as an event, some are thrown (an environment that is too large). */
function trySpawn(file: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess | Error {
  const stdio = ['ignore', 'pipe', 'pipe', 'ipc'] satisfies StdioOptions
  try {
    return spawn(file, args, { env, detached: true, serialization: 'advanced', stdio })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function unstarted(error: Error, events: WorkerEvents): WorkerProcess {
  queueMicrotask(() => events.gone({ kind: 'unstarted', error }))
  return { pid: null, undelivered: false, send: ignore, end: ignore }
}

/** What is known of a worker when it ends. */
interface LastWords {
  undelivered: boolean
  stderr: string
  heapLimitMb: number | null
  wanted: boolean
}

function follow(child: ChildProcess, events: WorkerEvents): LastWords {
  const last: LastWords = { undelivered: false, stderr: '', heapLimitMb: null, wanted: false }
  child.on('message', (message: FromWorker) => {
    if (message.type === 'ready') last.heapLimitMb = message.heapLimitMb
    events.heard(message)
  })
  child.stdout?.on('data', (chunk: Buffer) => events.printed('stdout', chunk))
  child.stderr?.on('data', (chunk: Buffer) => {
    last.stderr = (last.stderr + chunk).slice(-LONGEST_TAIL)
    events.printed('stderr', chunk)
  })
  followEnd(child, last, events)
  return last
}

/** `close` comes when all that it has said has been heard, which may be after its end. */
function followEnd(child: ChildProcess, last: LastWords, events: WorkerEvents): void {
  const { pid } = child
  const closed = new Promise<void>(resolve => child.once('close', () => resolve()))
  child.on('error', error => {
    if (pid === undefined) events.gone({ kind: 'unstarted', error })
    else last.undelivered = true
  })
  child.once('exit', (exitCode, signal) => {
    if (pid === undefined) return
    endSession(pid, events.strays, async () => {
      await atMost(LONGEST_DRAIN_MS, closed)
      const { undelivered: _, ...words } = last
      events.gone({ kind: 'ended', exitCode, signal, ...words })
    })
  })
}

function atMost(ms: number, closed: Promise<void>): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms)
    void closed.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** A worker does not keep this process alive: that its owner waits for something does. */
function letGo(child: ChildProcess): void {
  for (const stream of [child.stdout, child.stderr]) if (stream instanceof Socket) stream.unref()
  child.unref()
  child.channel?.unref()
}

function ignore(): void {}
