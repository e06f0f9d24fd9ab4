import type { Readable } from 'node:stream'

/** Sends messages as JSON lines, in order; those of one turn of the event loop leave in one write. */
export interface LineSender<Out> {
  send(message: Out): void
  /** Sends what is waiting now. */
  flush(): void
}

/** `before` is asked before each write what of the waiting messages is to leave. Default: all. */
export function lineSender<Out>(
  write: (lines: string) => void,
  before: (waiting: readonly Out[]) => readonly Out[] = waiting => waiting,
): LineSender<Out> {
  let waiting: Out[] = []
  const flush = (): void => {
    const due = waiting
    waiting = []
    const lines = due.length > 0 ? before(due).map(message => `${JSON.stringify(message)}\n`) : []
    if (lines.length > 0) write(lines.join(''))
  }
  return {
    send(message) {
      waiting.push(message)
      if (waiting.length === 1) setImmediate(flush)
    },
    flush,
  }
}

/** Hands over each line of a stream, without its newline. */
export function receiveLines(stream: Readable, take: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}
