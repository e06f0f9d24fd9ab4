/** How long an agent may go on without a word of its scheduler: by the clock that goes on while a process is frozen. */
export class Lease {
  readonly #ms: number
  readonly #now: () => number
  #heardAt: number

  /** `now`: milliseconds of a clock that nobody sets. */
  constructor(seconds: number, now: () => number = () => performance.now()) {
    this.#ms = seconds * 1000
    this.#now = now
    this.#heardAt = now()
  }

  /** Whether it is over. To be asked before anything that was heard is acted upon: it may have waited for a frozen agent. */
  get isOver(): boolean {
    return this.#now() - this.#heardAt > this.#ms
  }

  renew(): void {
    this.#heardAt = this.#now()
  }
}
