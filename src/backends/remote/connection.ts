import type { ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { receiveLines } from '../lines.ts'

/** A two-way stream of text lines to an agent on a node, whoever carries it there. */
export interface LineConnection {
  /** Sends whole lines, each with its newline at the end. After the connection has closed nothing happens. */
  send(lines: string): void
  /** Hands over each line of the agent from now on, in order, without its newline. To be called once, at once. */
  receive(take: (line: string) => void): void
  /** No more lines are sent: the agent sees the end of its orders. */
  end(): void
  /** Resolves after the last line with why there are no more, one line for people. Never rejects. */
  readonly closed: Promise<string>
}

/** A process whose standard input and output are the lines of an agent: the agent itself, or what carries them. */
export type AgentProcess = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable }

const MOST_STDERR = 500

/** The connection over the standard streams of a child process: a client of the engine, or the agent itself. */
export function connectionOver(child: AgentProcess): LineConnection {
  const { promise, resolve } = Promise.withResolvers<string>()
  let lastWords = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-MOST_STDERR)
  })
  // Whoever no longer reads is noticed by the end of its process.
  child.stdin.on('error', () => {})
  if (child.pid === undefined)
    child.once('error', error => resolve(`it could not be started: ${error.message}`))
  // All that it had told is read before `close` comes.
  else child.once('close', (code, signal) => resolve(describeEnd(code, signal, lastWords)))
  return {
    send(lines) {
      if (child.stdin.writable) child.stdin.write(lines)
    },
    receive: take => receiveLines(child.stdout, take),
    end: () => void child.stdin.end(),
    closed: promise,
  }
}

function describeEnd(code: number | null, signal: string | null, stderr: string): string {
  const how = signal === null ? `exit code ${code}` : signal
  const last = stderr
    .trim()
    .split('\n')
    .findLast(line => /\S/.test(line))
  return last === undefined ? how : `${how}, ${last.trim()}`
}
