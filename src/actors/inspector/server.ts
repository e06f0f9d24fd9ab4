import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { LongshoreError } from '../../errors.ts'

/** This machine alone can reach it. */
const HOST = '127.0.0.1'
/** What `@statelyai/inspect` connects to where it is told nothing else. */
const USUAL_PORT = 8080
const GRACE_MS = 1000

/** A server of one page and of WebSockets that only speak. */
export interface InspectorServer {
  readonly port: number
  /** Hangs up on everybody; resolves when nothing is open any more. */
  close(): Promise<void>
}

/**
 * Listens on 127.0.0.1. Without a port: on 8080, or on any free one where that is taken. Does not keep the process
 * alive. Throws a LongshoreError where the port that was asked for cannot be had.
 */
export async function serveInspector(
  port: number | undefined,
  page: string,
  welcome: (socket: WebSocket) => void,
): Promise<InspectorServer> {
  const server = createServer((request, response) => {
    const found = request.url === '/'
    response.writeHead(found ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' })
    response.end(found ? page : 'There is nothing here but /')
  })
  server.on('connection', connection => connection.unref())
  const bound = await bind(server, port)
  server.unref()
  const origins = new Set([`http://${HOST}:${bound}`, `http://localhost:${bound}`])
  const sockets = new WebSocketServer({
    server,
    maxPayload: 1024,
    verifyClient: ({ origin }: { origin: string | undefined }) => !origin || origins.has(origin),
  })
  sockets.on('connection', socket => {
    socket.on('error', () => socket.terminate())
    welcome(socket)
  })
  return { port: bound, close: () => close(server, sockets) }
}

async function bind(server: Server, port: number | undefined): Promise<number> {
  try {
    return await listen(server, port ?? USUAL_PORT)
  } catch (cause) {
    if (port === undefined) return listen(server, 0)
    throw new LongshoreError(
      `The inspector cannot listen on ${HOST}:${port} (${messageOf(cause)}): choose another port, or 0 for any free one.`,
      { cause },
    )
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, HOST)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address ? address.port : port
}

async function close(server: Server, sockets: WebSocketServer): Promise<void> {
  const gone = Promise.all([...sockets.clients].map(hangUp))
  sockets.close()
  server.close()
  await gone
  server.closeAllConnections()
}

/** Says good-bye; who does not answer is cut off. */
function hangUp(socket: WebSocket): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(() => socket.terminate(), GRACE_MS)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.close(1001, 'The run has ended')
  })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
