import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { LongshoreError } from '../../errors.ts'
import { receiveLines } from '../lines.ts'
import type { BridgeOrder, BridgeReport } from './protocol.ts'

/** A file of the package, beside its sources and its build. */
const PROGRAM = fileURLToPath(new URL('../../../python/bridge/main.py', import.meta.url))
const MOST_STDERR = 2000

/** Who hears of a bridge. After `gone` nothing more comes. */
export interface BridgeListener {
  report(report: BridgeReport): void
  /** Its process has ended, asked or not; one line for people. */
  gone(why: string): void
}

/** The process that speaks with Ray. */
export interface Bridge {
  send(order: BridgeOrder): void
  /** Ends it without a word to Ray. */
  kill(): void
  /** Resolves when it is gone. */
  readonly gone: Promise<void>
}

/** The Python that is asked for: named by `--python`, that of the active virtual environment, or the one in PATH. */
export function pythonOf(given: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const { VIRTUAL_ENV } = env
  return given ?? (VIRTUAL_ENV ? join(VIRTUAL_ENV, 'bin', 'python') : 'python3')
}

/** Starts a bridge. What it cannot do it tells as a `fault`. */
export function startBridge(python: string, listener: BridgeListener): Bridge {
  // A session of its own: a Ctrl-C in the terminal is for the scheduler, which ends it.
  const child = spawn(python, [PROGRAM], { stdio: 'pipe', detached: true })
  const { promise, resolve } = Promise.withResolvers<void>()
  let lastWords = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-MOST_STDERR)
  })
  child.stdin.on('error', () => {})
  const gone = (why: string): void => {
    resolve()
    listener.gone(why)
  }
  child.once('error', error => {
    if (child.pid !== undefined) return
    listener.report({ type: 'fault', message: notStarted(python, error) })
    gone('it could not be started')
  })
  child.once('close', (code, signal) => gone(endOf(code ?? signal, lastWords)))
  receiveLines(child.stdout, line => listener.report(JSON.parse(line)))
  return {
    send: order => void writeTo(child, order),
    kill: () => void child.kill('SIGKILL'),
    gone: promise,
  }
}

function writeTo(child: ChildProcessByStdio<Writable, Readable, Readable>, order: BridgeOrder): void {
  if (child.stdin.writable) child.stdin.write(`${JSON.stringify(order)}\n`)
}

function notStarted(python: string, error: Error): string {
  const missing = 'code' in error && error.code === 'ENOENT'
  const why = missing ? 'there is no such program' : error.message
  return `cannot start ${python} (${why}); --python names the interpreter that has Ray`
}

function endOf(how: number | string | null, stderr: string): string {
  const last = stderr.trim().split('\n').at(-1) ?? ''
  return `${typeof how === 'number' ? `exit code ${how}` : how}${last === '' ? '' : `, ${last}`}`
}

/** What a bridge cannot do, for people. */
export function faultOf(message: string): LongshoreError {
  return new LongshoreError(`--backend ray: ${message}`)
}
