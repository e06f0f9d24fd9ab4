import { createInspector, type StatelyInspectionEvent } from '@statelyai/inspect'
import type { WebSocket } from 'ws'
import type { InspectionEvent } from 'xstate'
import { introduction, standing } from './digest.ts'
import type { FollowedActor } from './followed.ts'

const MOST_WAITING = 5000
const MOST_BYTES = 16 * 2 ** 20

/**
 * Somebody who watches, through a connection of their own. Who comes late, or cannot keep up, is told where the actors
 * stand now and goes on from there: what waits to be sent is bounded.
 */
export class Viewer {
  readonly #socket: WebSocket
  readonly #followed: ReadonlyMap<string, FollowedActor>
  readonly #inspect: (event: InspectionEvent) => void
  readonly #fault: (fault: unknown) => void
  /** What this viewer believes to be alive. */
  readonly #shown = new Map<string, FollowedActor>()
  #waiting = 0
  #behind = false

  /** `fault` hears of what could not be shown. */
  constructor(
    socket: WebSocket,
    followed: ReadonlyMap<string, FollowedActor>,
    fault: (fault: unknown) => void,
  ) {
    const inspector = createInspector({ send: event => this.#send(event) })
    this.#socket = socket
    this.#followed = followed
    this.#fault = fault
    this.#inspect = event => inspector.inspect.next?.(event)
    this.#catchUp()
  }

  /** Whether more can be sent now. Who cannot keep up is left alone until all that waits has been sent. */
  keepsUp(): boolean {
    this.#behind ||= this.#waiting >= MOST_WAITING || this.#socket.bufferedAmount > MOST_BYTES
    return !this.#behind
  }

  /** Shows an event of a followed actor; `shown` is its digest. */
  show(event: InspectionEvent, shown: InspectionEvent): void {
    const { sessionId } = event.actorRef
    if (event.type === '@xstate.actor')
      this.#shown.set(sessionId, { ref: event.actorRef, rootId: event.rootId })
    if (event.type === '@xstate.snapshot' && event.snapshot.status !== 'active') this.#shown.delete(sessionId)
    this.#tell(shown)
  }

  /** `@statelyai/inspect` sends what it is told a moment later, in that order. */
  #tell(event: InspectionEvent): void {
    this.#waiting++
    this.#inspect(event)
  }

  #send(event: StatelyInspectionEvent): void {
    this.#waiting--
    this.#socket.send(JSON.stringify(event), () => {
      if (this.#behind && this.#waiting === 0 && this.#socket.bufferedAmount === 0) this.#catchUp()
    })
  }

  /** Introduces the actors that are new, and tells where all stand, those included that have ended meanwhile. */
  #catchUp(): void {
    this.#behind = false
    for (const [sessionId, actor] of this.#followed) {
      if (!this.#shown.has(sessionId)) this.#attempt(() => introduction(actor, actor.ref.getSnapshot()))
      this.#shown.set(sessionId, actor)
    }
    for (const [sessionId, actor] of this.#shown) {
      this.#attempt(() => standing(actor))
      if (!this.#followed.has(sessionId)) this.#shown.delete(sessionId)
    }
  }

  #attempt(event: () => InspectionEvent): void {
    try {
      this.#tell(event())
    } catch (fault) {
      this.#fault(fault)
    }
  }
}
