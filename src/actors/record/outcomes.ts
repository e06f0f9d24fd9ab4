import type { Outcome } from '../../job.ts'

/** Promises of outcomes, made when somebody asks: a million jobs that nobody awaits need none. */
export class Outcomes {
  readonly #waiting = new Map<string, PromiseWithResolvers<Outcome>>()

  /** The outcome of a job that has not ended. */
  of(id: string): Promise<Outcome> {
    const waiting = this.#waiting.get(id) ?? Promise.withResolvers<Outcome>()
    this.#waiting.set(id, waiting)
    return waiting.promise
  }

  /** A job has ended. */
  settle(outcome: Outcome): void {
    this.#waiting.get(outcome.id)?.resolve(outcome)
    this.#waiting.delete(outcome.id)
  }
}
