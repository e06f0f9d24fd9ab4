import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { shortPath } from '../actors/socketPath.ts'
import { LongshoreError } from '../errors.ts'
import { readLines } from './lines.ts'
import {
  CONTROL_SOCKET,
  CONTROL_VERSION,
  type ControlAnswer,
  type ControlRequest,
  parseRequest,
} from './protocol.ts'

/** The socket of a run, at which it can be asked from outside. */
export interface ControlServer {
  close(): Promise<void>
}

/** Does what is asked, and says what came of it. What it throws is told to whoever asked. */
export type Answerer = (request: ControlRequest) => unknown

/**
 * Listens in the folder of a run: `control.sock`, mode 0600 in a folder of mode 0700, so that its user alone gets there.
 * Whoever calls this holds the lock of the run: a socket that is there already is one that was left behind.
 */
export async function serveControl(runDir: string, answer: Answerer): Promise<ControlServer> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    serve(socket, answer)
  })
  const file = join(runDir, CONTROL_SOCKET)
  rmSync(file, { force: true })
  const path = shortPath(runDir, CONTROL_SOCKET)
  const listening = Promise.withResolvers<void>()
  server.once('error', listening.reject)
  server.listen(path.name, listening.resolve)
  await listening.promise
  chmodSync(file, 0o600)
  // A run ends when its jobs have ended, whoever listens.
  server.unref()
  return {
    async close() {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      for (const socket of sockets) socket.end()
      setImmediate(() => {
        for (const socket of sockets) socket.destroy()
      })
      await promise
      path.done()
      removeQuietly(file)
    },
  }
}

/** On a disk that has become read-only it stays: whoever goes on with the run puts another in its place. */
function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // It stays.
  }
}

function serve(socket: Socket, answer: Answerer): void {
  socket.unref()
  // Who asked and went away does not want to know.
  socket.on('error', () => socket.destroy())
  const say = (said: ControlAnswer): void =>
    void (socket.writable && socket.write(`${JSON.stringify(said)}\n`))
  readLines(
    socket,
    line => say(answerTo(line, answer)),
    () => {
      say(refusal('that line is too long'))
      socket.end()
    },
  )
}

function answerTo(line: string, answer: Answerer): ControlAnswer {
  try {
    return { v: CONTROL_VERSION, ok: true, result: answer(parseRequest(line)) ?? null }
  } catch (error) {
    if (error instanceof LongshoreError || error instanceof RangeError) return refusal(error.message)
    return refusal(`the run could not do that: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function refusal(error: string): ControlAnswer {
  return { v: CONTROL_VERSION, ok: false, error }
}
