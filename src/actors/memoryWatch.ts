import type { Clock } from '../clock.ts'
import type { MemoryOrder } from '../events.ts'
import type { MemoryLook, MemoryWatch, Resident } from '../machines/memory/watch.ts'

/** What a watch is made of. */
export interface MemoryWatchParts {
  readonly watch: MemoryWatch
  readonly clock: Clock
  /** A look at the machine; `null` where nothing is to be seen. */
  readonly look: () => MemoryLook | null
  /** The jobs that hold a place now. */
  readonly residents: () => readonly Resident[]
  readonly order: (order: MemoryOrder) => void
}

const LOOK_EVERY_MS = 1000

/** Looks at the RAM of the machine and of the jobs once a second, as long as something runs or the machine is short of it. */
export class MemoryWatcher {
  readonly #parts: MemoryWatchParts
  #timer: unknown = null

  constructor(parts: MemoryWatchParts) {
    this.#parts = parts
  }

  /** Something runs from now on: to be called at each start. */
  wake(): void {
    this.#timer ??= this.#parts.clock.setTimeout(() => this.#look(), LOOK_EVERY_MS)
  }

  stop(): void {
    this.#parts.clock.clearTimeout(this.#timer)
    this.#timer = null
  }

  #look(): void {
    this.#timer = null
    const { watch, look, residents, order } = this.#parts
    const seen = look()
    if (seen === null) return
    const running = residents()
    for (const one of watch.judge(seen, running)) order(one)
    if (running.length > 0 || watch.isShort) this.wake()
  }
}
