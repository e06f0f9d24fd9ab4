import type { ActorRefLike, InspectionEvent } from 'xstate'
import { isJob } from './actorRef.ts'

/** An actor that is shown, and the root of its system. */
export interface FollowedActor {
  readonly ref: ActorRefLike
  readonly rootId: string
}

/**
 * The live actors that are shown: all of the system's, and at most so many jobs at a time, each from its placement to
 * its end.
 */
export class Followed {
  /** By session's id, in the order in which they came. */
  readonly actors = new Map<string, FollowedActor>()
  readonly #jobs = new Set<string>()
  readonly #mostJobs: number
  readonly #leftOut: () => void

  /** `leftOut` is called for each job that is not shown. */
  constructor(mostJobs: number, leftOut: () => void) {
    this.#mostJobs = mostJobs
    this.#leftOut = leftOut
  }

  /** Takes notice of an inspection event. Returns whether it is to be shown. */
  note(event: InspectionEvent): boolean {
    const { sessionId } = event.actorRef
    if (event.type === '@xstate.actor') return this.#follow(event.actorRef, event.rootId)
    const shown = this.actors.has(sessionId)
    if (event.type === '@xstate.snapshot' && event.snapshot.status !== 'active') this.#forget(sessionId)
    return shown
  }

  #follow(ref: ActorRefLike, rootId: string): boolean {
    if (isJob(ref)) {
      if (this.#jobs.size >= this.#mostJobs) {
        this.#leftOut()
        return false
      }
      this.#jobs.add(ref.sessionId)
    }
    this.actors.set(ref.sessionId, { ref, rootId })
    return true
  }

  #forget(sessionId: string): void {
    this.actors.delete(sessionId)
    this.#jobs.delete(sessionId)
  }
}
