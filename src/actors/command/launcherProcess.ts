import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { Socket } from 'node:net'
import { dirname, extname } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { receive, sender } from './channel.ts'
import type { LauncherOrder, LauncherReport } from './protocol.ts'

/** A launcher from the scheduler's side: where it runs and how it is reached is known here alone. */
export interface Launcher {
  readonly pid: number | undefined
  send(order: LauncherOrder): void
  /** Hands over now what was sent. */
  flush(): void
  /** Lets it end what it runs, and itself. */
  end(): void
  /** Lets it go on alone, as if its scheduler had died. */
  letGo(): void
  /** Resolves when it is gone. */
  readonly gone: Promise<void>
}

/** Hears what a launcher tells. After `gone` nothing more comes. */
export interface LauncherListener {
  report(report: LauncherReport): void
  /** It has ended, asked or not; `why` is one line for people. */
  gone(why: string): void
}

/**
 * Forking costs as much as there is to copy: a small young generation and no helper threads keep it cheap. Not
 * `--single-threaded`, which means the same: with it Node does not take its own code from its cache, and starts later.
 */
const FLAGS = [
  '--max-semi-space-size=1',
  '--v8-pool-size=0',
  '--single-threaded-gc',
  '--no-concurrent-recompilation',
  '--disable-sigusr1',
  '--disable-warning=ExperimentalWarning',
]
const MOST_STDERR = 500

/** So many launchers do as much as two cores can; more of them do less. */
export const MOST_LAUNCHERS = 2

type LauncherChild = ChildProcessByStdio<Writable, Readable, Readable>

/** Launchers that were started ahead and that nobody has taken yet. */
const ready: LauncherChild[] = []

/** Sees to it that so many launchers are ready, or about to be: to start one takes as long as dozens of commands. */
export function readyLaunchers(count: number): void {
  while (ready.length < count) {
    const child = spawnLauncher()
    // Without a pid it could not be started; whoever tries again will be told why.
    child.once('error', () => {})
    if (child.pid === undefined) return
    ready.push(child)
    // It ends with this process, and does not keep it.
    holdLoop(child, 'unref')
    child.once('exit', () => removeFrom(ready, child))
  }
}

/** Ends those that are ready and that nobody has taken. */
export function dismissReady(): void {
  for (const child of ready.splice(0)) child.stdin.end()
}

/** Starts a launcher, or takes one that is ready. */
export function startLauncher(listener: LauncherListener): Launcher {
  const child = ready.shift() ?? spawnLauncher()
  holdLoop(child, 'ref')
  const orders = sender<LauncherOrder>(child.stdin)
  const { promise, resolve } = Promise.withResolvers<void>()
  const gone = (why: string): void => {
    resolve()
    listener.gone(why)
  }
  const end = (): void => {
    orders.send({ type: 'end' })
    orders.end()
  }
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-MOST_STDERR)
  })
  receive<LauncherReport>(child.stdout, report => listener.report(report))
  if (child.pid === undefined) child.once('error', error => gone(`it could not be started: ${error.message}`))
  // All that it had told is read before `close` comes.
  else child.once('close', (code, signal) => gone(describeEnd(code, signal, stderr)))
  return { pid: child.pid, send: orders.send, flush: orders.flush, end, letGo: orders.end, gone: promise }
}

/** It runs in a session of its own, so that a Ctrl-C in the terminal does not reach it. */
function spawnLauncher(): LauncherChild {
  return spawn(process.execPath, [...FLAGS, launcherScript()], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...withoutNodeOptions(process.env), ...compileCache() },
  })
}

/** Whether it keeps this process alive. */
function holdLoop(child: LauncherChild, how: 'ref' | 'unref'): void {
  child[how]()
  for (const stream of [child.stdin, child.stdout, child.stderr]) if (stream instanceof Socket) stream[how]()
}

function removeFrom<T>(list: T[], item: T): void {
  const at = list.indexOf(item)
  if (at >= 0) list.splice(at, 1)
}

const HERE = fileURLToPath(import.meta.url)

/** Beside this file: `launcher.ts` in a checkout, `launcher.js` in the package. */
function launcherScript(): string {
  return fileURLToPath(new URL(`./launcher${extname(HERE)}`, import.meta.url))
}

/**
 * The compile cache of this process, where it has one. In a checkout there always is one: otherwise Node's type
 * stripper, which is bigger than all the rest of a launcher, would be copied at each fork.
 */
function compileCache(): NodeJS.ProcessEnv {
  const own = getCompileCacheDir()
  if (own !== undefined) return { NODE_COMPILE_CACHE: dirname(own) }
  if (extname(HERE) !== '.ts') return {}
  return {
    NODE_COMPILE_CACHE: fileURLToPath(new URL('../../../node_modules/.cache/longshore', import.meta.url)),
  }
}

/** What the user set for Node is for jobs, not for the launcher: `--inspect`, say, would make it big or stop it. */
function withoutNodeOptions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('NODE_')))
}

function describeEnd(code: number | null, signal: string | null, stderr: string): string {
  const how = signal === null ? `exit code ${code}` : signal
  const lastWords = stderr
    .trim()
    .split('\n')
    .findLast(line => /\S/.test(line))
  return lastWords === undefined ? how : `${how}, ${lastWords.trim()}`
}
