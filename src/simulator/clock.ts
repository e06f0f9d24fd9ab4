import type { Clock } from '../clock.ts'

/** Something that is to be done at a moment. */
class Timer {
  readonly at: number
  readonly order: number
  readonly fn: () => void
  isCleared = false

  constructor(at: number, order: number, fn: () => void) {
    this.at = at
    this.order = order
    this.fn = fn
  }
}

/**
 * A clock that stands still until it is told to go on, and then calls what is due in the order of time, and of
 * setting where times are equal: the same run twice gives the same events.
 */
export class SimulatedClock implements Clock {
  #now: number
  #order = 0
  readonly #heap: Timer[] = []
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

  setTimeout(fn: () => void, ms: number): unknown {
    const timer = new Timer(this.#now + Math.max(0, ms), this.#order++, fn)
    push(this.#heap, timer)
    return timer
  }

  clearTimeout(handle: unknown): void {
    if (handle instanceof Timer) handle.isCleared = true
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
    while (this.#heap[0]?.isCleared) pop(this.#heap)
    return this.#heap[0]
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/** Those above it move down until it has its place. */
function push(heap: Timer[], timer: Timer): void {
  let i = heap.length
  while (i > 0) {
    const above = heap[(i - 1) >> 1]
    if (!above || !isBefore(timer, above)) break
    heap[i] = above
    i = (i - 1) >> 1
  }
  heap[i] = timer
}

/** The last one takes the place of the first: those below move up until it has its own. */
function pop(heap: Timer[]): void {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  let i = 0
  for (let child = firstBelow(heap, i); child > 0; child = firstBelow(heap, i)) {
    const below = heap[child]
    if (!below || !isBefore(below, last)) break
    heap[i] = below
    i = child
  }
  heap[i] = last
}

/** Position of the first of the two below a position, 0 where nothing is below it. */
function firstBelow(heap: readonly Timer[], i: number): number {
  const left = heap[2 * i + 1]
  const right = heap[2 * i + 2]
  if (!left) return 0
  return right && isBefore(right, left) ? 2 * i + 2 : 2 * i + 1
}
