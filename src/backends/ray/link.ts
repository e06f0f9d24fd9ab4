import type { LineConnection } from '../remote/connection.ts'
import type { BridgeOrder } from './protocol.ts'

/** The lines to and from one agent, which outlive the bridge that carries them. */
export interface Link {
  readonly id: string
  readonly connection: LineConnection
  /** Starts the agent. */
  start(program: readonly string[]): void
  /** The bridge has gone: what is sent waits for the next one. */
  waitForBridge(): void
  /** A new bridge has come: goes on where the last one stopped. */
  goOn(): void
  /** The agent has said these. */
  said(lines: readonly string[]): void
  /** The agent has been given so many lines in all. */
  received(count: number): void
  /** Nothing more comes. */
  close(why: string): void
}

/**
 * Lines are counted in both directions from the start of the agent. What was sent is kept until it has arrived there, and
 * what was said is kept there until it has arrived here: so a bridge may die at any moment.
 */
export function createLink(node: string, id: string, order: (order: BridgeOrder) => void): Link {
  const closed = Promise.withResolvers<string>()
  let take = (_line: string): void => {}
  let unconfirmed: string[] = []
  let confirmed = 0
  let taken = 0
  let ends = false
  let isOpen = true
  let isCarried = true
  /** Until the agent is known to run. */
  let program: readonly string[] | null = null
  const start = (): void => order({ type: 'start', node, link: id, taken, ...(program && { program }) })
  const send = (first: number, lines: readonly string[]): void => {
    if (isCarried) order({ type: 'send', node, link: id, first, lines, ends })
  }
  return {
    id,
    connection: {
      send(text) {
        if (!isOpen || ends) return
        const lines = text.split('\n').slice(0, -1)
        const first = confirmed + unconfirmed.length
        unconfirmed.push(...lines)
        send(first, lines)
      },
      receive(taker) {
        take = taker
      },
      end() {
        if (!isOpen || ends) return
        ends = true
        send(confirmed + unconfirmed.length, [])
      },
      closed: closed.promise,
    },
    start(given) {
      program = given
      start()
    },
    waitForBridge() {
      isCarried = false
    },
    goOn() {
      isCarried = true
      start()
      if (unconfirmed.length > 0 || ends) send(confirmed, unconfirmed)
    },
    said(lines) {
      program = null
      taken += lines.length
      for (const line of lines) take(line)
    },
    received(count) {
      program = null
      unconfirmed = unconfirmed.slice(Math.max(0, count - confirmed))
      confirmed = Math.max(confirmed, count)
    },
    close(why) {
      isOpen = false
      closed.resolve(why)
    },
  }
}
