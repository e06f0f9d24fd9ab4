/** Warnings on their way to the run's events: held back until there is a run. */
export class Warnings {
  readonly #held: string[]
  #take: ((message: string) => void) | null = null

  constructor(messages: readonly string[] = []) {
    this.#held = [...messages]
  }

  say(message: string): void {
    if (this.#take) this.#take(message)
    else this.#held.push(message)
  }

  /** Whoever takes them from now on, and those that were held back. */
  to(take: (message: string) => void): void {
    this.#take = take
    for (const message of this.#held.splice(0)) take(message)
  }
}
