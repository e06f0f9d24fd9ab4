import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'

/** A message of the inspector's protocol, as far as the tests look. */
export interface Message {
  readonly type: '@xstate.actor' | '@xstate.event' | '@xstate.snapshot'
  readonly sessionId: string
  readonly parentId?: string
  readonly sourceId?: string
  readonly name?: string
  readonly definition?: string
  readonly event?: { readonly type: string }
  readonly snapshot?: { readonly status: string; readonly value?: unknown; readonly context?: unknown }
}

/** Somebody who watches through the WebSocket, and remembers what was told. */
export class Client {
  readonly messages: Message[] = []
  readonly socket: WebSocket
  readonly #looks = new Set<() => void>()

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', data => {
      this.messages.push(JSON.parse(String(data)))
      for (const look of this.#looks) look()
    })
  }

  /** Resolves when what was told makes it true. */
  until(holds: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const look = () => {
        if (!holds()) return
        this.#looks.delete(look)
        resolve()
      }
      this.#looks.add(look)
      look()
    })
  }

  get names(): (string | undefined)[] {
    return this.messages.filter(({ type }) => type === '@xstate.actor').map(({ name }) => name)
  }

  /** Session of the actor that was introduced first by this name. */
  sessionOf(name: string): string | undefined {
    return this.messages.find(message => message.name === name)?.sessionId
  }

  /** The actor's states as they were told, one that repeats once. */
  statesOf(name: string): unknown[] {
    const sessionId = this.sessionOf(name)
    return this.messages
      .filter(message => message.type === '@xstate.snapshot' && message.sessionId === sessionId)
      .map(({ snapshot }) => snapshot?.value)
      .filter((value, i, all) => value !== all[i - 1])
  }

  /** Sessions that were introduced and not told to have ended. */
  get alive(): Set<string> {
    const alive = new Set<string>()
    for (const { type, sessionId, snapshot } of this.messages) {
      if (type === '@xstate.actor') alive.add(sessionId)
      else if (type === '@xstate.snapshot' && snapshot?.status !== 'active') alive.delete(sessionId)
    }
    return alive
  }
}

/** Connects to an inspector; a browser would name the page's origin. */
export async function connect(url: string, origin?: string): Promise<Client> {
  const socket = new WebSocket(url.replace('http:', 'ws:'), { ...(origin && { origin }) })
  onTestFinished(() => socket.terminate())
  const client = new Client(socket)
  await once(socket, 'open')
  return client
}
