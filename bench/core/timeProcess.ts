import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

/** How a process is started and watched. */
export interface Watch {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Written to its standard input. */
  readonly input?: string
  /** The first time that its standard output holds this is noted. */
  readonly mark?: string
}

/** Seconds since just before the process was started. */
export interface Timing {
  readonly endS: number
  /** Until the mark was seen; `NaN` when it never was. */
  readonly markS: number
}

/** Runs a program to its end. Rejects when it fails, with the end of what it said. */
export async function timeProcess(
  [program = '', ...args]: readonly string[],
  watch: Watch = {},
): Promise<Timing> {
  const start = performance.now()
  const child = spawn(program, args, { env: watch.env ?? process.env, cwd: watch.cwd, stdio: 'pipe' })
  child.stdin.on('error', () => {}).end(watch.input ?? '')
  let output = ''
  let markS = Number.NaN
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (watch.mark === undefined || !Number.isNaN(markS)) return
    output += text
    if (output.includes(watch.mark)) markS = since(start)
  })
  const said = lastWords(child.stderr)
  const printed = lastWords(child.stdout)
  const code = await ended(child)
  const endS = since(start)
  if (code !== 0)
    throw new Error(`${[program, ...args].join(' ')} ended with ${code}:\n${said() || printed()}`)
  return { endS, markS }
}

/** Resolves with the exit code or the signal. */
export function ended(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'nothing'))
  })
}

/** The end of what comes. */
export function lastWords(stream: Readable): () => string {
  let said = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-LONGEST_SAID)
  })
  return () => said.trim()
}

function since(start: number): number {
  return (performance.now() - start) / 1000
}

const LONGEST_SAID = 2000
