import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import type { InspectionEvent } from 'xstate'
import { digest } from './inspector/digest.ts'
import { Followed } from './inspector/followed.ts'
import { inspectorPage } from './inspector/page.ts'
import { serveInspector } from './inspector/server.ts'
import { Viewer } from './inspector/viewer.ts'

/** Options of `createInspector`; each has a default. */
export interface InspectorOptions {
  /** Port on 127.0.0.1; 0 for any free one. Default: 8080, or any free one where that is taken. */
  readonly port?: number
  /** At most so many jobs are shown at a time. Default 200. */
  readonly mostJobs?: number
  /** Address of the inspector's page. Default: that of Stately. */
  readonly page?: string
  /** Hears what people should know, a line at a time. Default: it is written to standard error. */
  readonly say?: (message: string) => void
}

/** Shows a running system to whoever connects. */
export interface Inspector {
  /** XState's `inspect` option. Never throws. */
  readonly inspect: (event: InspectionEvent) => void
  /** The page to open in a browser; the WebSocket is at the same address, as `ws:`. */
  readonly url: string
  /** Sends what is still to be sent, then hangs up on everybody and stops listening. */
  close(): Promise<void>
}

const STATELY = 'https://stately.ai/inspect'

/**
 * Streams every actor's events and snapshots to the Stately inspector, through a WebSocket on this machine that other
 * programs can read too. Who connects late is told of the actors that are there. With nobody connected it only keeps
 * account of the live actors. Rejects with a LongshoreError where it cannot listen.
 */
export async function createInspector(options: InspectorOptions = {}): Promise<Inspector> {
  const { port, mostJobs = 200, page = STATELY, say = writeLine } = options
  const viewers = new Set<Viewer>()
  const sayLeftOut = once(() => say(leftOut(mostJobs)))
  const sayFault = once((fault: unknown) => say(`The inspector misses something: ${String(fault)}`))
  const followed = new Followed(mostJobs, sayLeftOut)
  const server = await serveInspector(port, inspectorPage(page), socket => {
    const viewer = new Viewer(socket, followed.actors, sayFault)
    viewers.add(viewer)
    socket.on('close', () => viewers.delete(viewer))
  })
  const url = `http://127.0.0.1:${server.port}/`
  say(`Inspector: open ${url} in a browser.`)
  return {
    url,
    inspect(event) {
      try {
        show(event, followed, viewers)
      } catch (fault) {
        sayFault(fault)
      }
    },
    async close() {
      await lastWords()
      await server.close()
    },
  }
}

function show(event: InspectionEvent, followed: Followed, viewers: ReadonlySet<Viewer>): void {
  if (!followed.note(event)) return
  const ready = [...viewers].filter(viewer => viewer.keepsUp())
  const shown = ready.length > 0 && digest(event, followed.actors)
  if (shown) for (const viewer of ready) viewer.show(event, shown)
}

/** `@statelyai/inspect` sends from timers of its own: those that are set now have run when this resolves. */
async function lastWords(): Promise<void> {
  await wait(1)
  await turn()
}

function leftOut(mostJobs: number): string {
  return `More than ${mostJobs} jobs run at once: the inspector shows the system's actors and a sample of the jobs, ${mostJobs} at a time.`
}

function once<A extends readonly unknown[]>(fn: (...args: A) => void): (...args: A) => void {
  let done = false
  return (...args) => {
    if (!done) fn(...args)
    done = true
  }
}

function writeLine(message: string): void {
  process.stderr.write(`${message}\n`)
}
