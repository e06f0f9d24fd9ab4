import type { Readable, Writable } from 'node:stream'

const SOON_MS = 3

/** Sends messages, in order; those of one turn of the event loop leave in one write. */
export interface Sender<Out> {
  send(message: Out): void
  /** Sends with the next message, or a few milliseconds later: saves a write where another one is near. */
  sendSoon(message: Out): void
  /** Sends what is waiting now. */
  flush(): void
  /** Sends what is waiting, and then no more. */
  end(): void
}

/** JSON lines over any writable stream: a pipe, a socket. `before` is called before each write. */
export function sender<Out>(stream: Writable, before: () => void = () => {}): Sender<Out> {
  let waiting: string[] = []
  let flushes = false
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    flushes = false
    timer = undefined
    if (waiting.length === 0) return
    before()
    if (stream.writable) stream.write(waiting.join(''))
    waiting = []
  }
  // Whoever no longer reads is noticed by the end of its process or of its other stream.
  stream.on('error', () => {})
  return {
    send(message) {
      waiting.push(`${JSON.stringify(message)}\n`)
      if (!flushes) setImmediate(flush)
      flushes = true
    },
    sendSoon(message) {
      waiting.push(`${JSON.stringify(message)}\n`)
      timer ??= setTimeout(flush, SOON_MS)
    },
    flush,
    end() {
      flush()
      stream.end()
    },
  }
}

/** Hands over each JSON line of a stream. */
export function receive<In>(stream: Readable, take: (message: In) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(JSON.parse(line))
  })
}
