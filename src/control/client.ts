import { connect } from 'node:net'
import { hostname } from 'node:os'
import { holderOf } from '../actors/journal/journal.ts'
import { isStopped } from '../actors/procfs.ts'
import { shortPath } from '../actors/socketPath.ts'
import { LongshoreError } from '../errors.ts'
import { readLines } from './lines.ts'
import { answerSchema, CONTROL_SOCKET, CONTROL_VERSION, type ControlRequest } from './protocol.ts'

/** Who is stopped takes what it is sent, and never answers. */
const LOOK_EVERY_MS = 500

/** Thrown when nobody runs the jobs of a folder at present. */
export class NobodyThereError extends LongshoreError {
  override name = 'NobodyThereError'
  constructor(runDir: string) {
    super(`No scheduler runs ${runDir} at present. longshore resume ${runDir} goes on with it.`)
  }
}

/**
 * Asks the scheduler of a run, and resolves with what it answers. Rejects with a `NobodyThereError` where there is none,
 * with a `LongshoreError` where it refuses.
 */
export function ask(runDir: string, request: ControlRequest): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const path = openPath(runDir)
  if (path === null) return Promise.reject(new NobodyThereError(runDir))
  const socket = connect(path.name)
  const end = (error: Error): void => reject(error)
  const looks = setInterval(() => {
    const pid = stoppedHolder(runDir)
    if (pid !== null)
      end(
        new LongshoreError(
          `Process ${pid}, which runs ${runDir}, is stopped: kill -CONT ${pid} lets it go on.`,
        ),
      )
  }, LOOK_EVERY_MS)
  socket.once('error', () => end(new NobodyThereError(runDir)))
  socket.once('close', () =>
    end(new LongshoreError(`The scheduler of ${runDir} went away without an answer.`)),
  )
  socket.write(`${JSON.stringify({ v: CONTROL_VERSION, ...request })}\n`)
  readLines(
    socket,
    line => {
      const { data } = answerSchema.safeParse(JSON.parse(line))
      if (!data) end(new LongshoreError('The scheduler answers in a way that this version does not know.'))
      else if (data.ok) resolve(data.result)
      else end(new LongshoreError(data.error))
      socket.end()
    },
    () => end(new LongshoreError('The scheduler answers without end.')),
  )
  return promise.finally(() => {
    clearInterval(looks)
    socket.destroy()
    path.done()
  })
}

/** Its process id, where that can be seen from here. */
function stoppedHolder(runDir: string): number | null {
  const holder = holderOf(runDir)
  return holder?.host === hostname() && isStopped(holder.pid) ? holder.pid : null
}

function openPath(runDir: string): ReturnType<typeof shortPath> | null {
  try {
    return shortPath(runDir, CONTROL_SOCKET)
  } catch {
    return null
  }
}
