import type { Clock } from '../clock.ts'

interface Timer {
  readonly at: number
  readonly order: number
  readonly fn: () => void
}

/**
 * A clock that stands still until it is told to go on, and then calls what is due in the order of time, and of
 * setting where times are equal: the same run twice gives the same events.
 */
export class SimulatedClock implements Clock {
  #now: number
  #order = 0
  readonly #timers = new Map<number, Timer>()
  #heap: Timer[] = []
  readonly #soon: (() => void)[] = []

  /** `startMs`: the time it shows first, ms since the epoch. Default 0. */
  constructor(startMs = 0) {
    this.#now = startMs
  }

  readonly now = (): number => this.#now

  /** Runs a function after what is being done now, as `queueMicrotask` does. */
  readonly defer = (fn: () => void): void => {
    this.#soon.push(fn)
  }

  setTimeout(fn: () => void, ms: number): number {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, fn }
    this.#timers.set(timer.order, timer)
    push(this.#heap, timer)
    return timer.order
  }

  clearTimeout(handle: unknown): void {
    if (typeof handle === 'number') this.#timers.delete(handle)
  }

  /** Whether nothing is due, now or later. */
  get idle(): boolean {
    return this.#soon.length === 0 && this.#peek() === undefined
  }

  /** Does what was deferred. */
  settle(): void {
    for (let fn = this.#soon.shift(); fn; fn = this.#soon.shift()) fn()
  }

  /** Goes to the next moment at which something is due, and does all that is due then. `false` when nothing is. */
  step(): boolean {
    this.settle()
    const next = this.#peek()
    if (!next) return false
    this.#now = next.at
    for (let due = this.#peek(); due && due.at <= this.#now; due = this.#peek()) {
      pop(this.#heap)
      this.#timers.delete(due.order)
      due.fn()
    }
    this.settle()
    return true
  }

  /** Goes on by so many milliseconds, doing all that is due on the way. */
  advance(ms: number): void {
    const until = this.#now + ms
    this.settle()
    for (let next = this.#peek(); next && next.at <= until; next = this.#peek()) this.step()
    this.#now = until
  }

  /**
   * Goes on until nothing is due any more, and calls `afterEach` after each moment. Throws a RangeError when there are
   * more than `most` moments (default a million): something goes on for ever.
   */
  runAll(afterEach: () => void = () => {}, most = 1_000_000): void {
    for (let steps = 0; this.step(); steps++) {
      if (steps >= most) throw new RangeError(`The simulation goes on for more than ${most} moments`)
      afterEach()
    }
  }

  #peek(): Timer | undefined {
    while (this.#heap[0] && !this.#timers.has(this.#heap[0].order)) pop(this.#heap)
    return this.#heap[0]
  }
}

function before(a: Timer | undefined, b: Timer | undefined): boolean {
  return a !== undefined && b !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order))
}

function push(heap: Timer[], timer: Timer): void {
  let i = heap.push(timer) - 1
  while (i > 0 && before(heap[i], heap[(i - 1) >> 1])) {
    swap(heap, i, (i - 1) >> 1)
    i = (i - 1) >> 1
  }
}

function pop(heap: Timer[]): void {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  heap[0] = last
  for (let i = 0; ; ) {
    const [left, right] = [2 * i + 1, 2 * i + 2]
    const child = before(heap[right], heap[left]) ? right : left
    if (!before(heap[child], heap[i])) return
    swap(heap, i, child)
    i = child
  }
}

function swap(heap: Timer[], i: number, j: number): void {
  const [a, b] = [heap[i], heap[j]]
  if (a && b) [heap[i], heap[j]] = [b, a]
}
