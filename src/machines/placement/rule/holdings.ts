import { demandOfGrant, type Grant } from '../free.ts'
import type { Held } from '../policy.ts'
import type { Prices } from './prices.ts'
import type { Running } from './running.ts'
import type { Shapes } from './shapes.ts'

/** When something ends is asked for again when such a share of its whole time has passed: to ask is not cheap. */
const ASK_AGAIN = 0.2

/** What knows of everything that runs. */
export interface Register {
  readonly shapes: Shapes
  readonly running: Running
  readonly prices: Prices
  /** A moment in ms since the epoch, in seconds of their clock. */
  secondsOf(at: number): number
}

const NOTHING: readonly never[] = []

/** What is known of a placement. */
interface Known {
  readonly grant: Grant
  slot: number
  /** When it was seen first, in seconds. */
  since: number
}

/**
 * What runs on a node, in the order in which it was placed there. From pass to pass most of it stays, and nothing is to
 * be done about it: what tells so stands side by side, and nothing else is looked at.
 */
export class Holdings {
  readonly #node: number
  readonly #register: Register
  readonly #known: Known[] = []
  /** `null` for what a pass has granted, and no ledger has confirmed yet. */
  readonly #held: (Held | null)[] = []
  /** When their expected ends are to be asked for again, in seconds. */
  readonly #askAt: number[] = []
  #readAt = 0

  constructor(node: number, register: Register) {
    this.#node = node
    this.#register = register
  }

  /** A pass has placed a job here, in a slot. */
  granted(grant: Grant, slot: number): void {
    const { since, until } = this.#register.running
    const from = since[slot] ?? 0
    this.#note({ grant, slot, since: from }, null, from + ASK_AGAIN * ((until[slot] ?? 0) - from))
  }

  /** Takes note of what runs here. `false` where something does that has no shape. */
  read(held: readonly Held[], now: number): boolean {
    const gone = this.#takeOut(held)
    this.#askWhereDue(now)
    for (let i = this.#known.length; i < held.length; i++) if (!this.#meet(held[i], now)) return false
    for (const { slot } of gone) this.#stop(slot)
    this.#readAt = now
    return true
  }

  /** Takes out what is not here any more. What was here before and still is stands in the same order. */
  #takeOut(held: readonly Held[]): readonly Known[] {
    const before = this.#known.length
    let stayed = 0
    while (stayed < before && held[stayed] === this.#held[stayed]) stayed++
    if (stayed === before) return NOTHING
    const gone: Known[] = []
    for (let i = stayed; i < before; i++) {
      const known = this.#known[i]
      const there = held[stayed]
      if (!known) continue
      if (there?.grant !== known.grant) gone.push(known)
      else {
        this.#known[stayed] = known
        this.#held[stayed] = there
        this.#askAt[stayed++] = this.#askAt[i] ?? 0
      }
    }
    this.#known.length = stayed
    this.#held.length = stayed
    this.#askAt.length = stayed
    return gone
  }

  /** Asks for expected ends again where it is time, or the clock was set back. */
  #askWhereDue(now: number): void {
    const wentBack = now < this.#readAt
    for (let i = 0; i < this.#askAt.length; i++) {
      if (now < (this.#askAt[i] ?? 0) && !wentBack) continue
      const known = this.#known[i]
      const held = this.#held[i]
      if (known && held) this.#askAt[i] = this.#askAgain(known, held, now)
    }
  }

  #meet(held: Held | undefined, now: number): boolean {
    const shape = held ? this.#register.shapes.of(demandOfGrant(held.grant)) : -1
    if (!held || shape < 0) return false
    const known = { grant: held.grant, slot: -1, since: now }
    this.#note(known, held, this.#start(known, shape, held, now))
    return true
  }

  #askAgain(known: Known, held: Held, now: number): number {
    const shape = this.#register.running.shape[known.slot] ?? 0
    this.#stop(known.slot)
    return this.#start(known, shape, held, now)
  }

  /** Counts it among what runs; when its expected end is to be asked for again. */
  #start(known: Known, shape: number, held: Held, now: number): number {
    const { running, prices } = this.#register
    const until = this.#register.secondsOf(held.until)
    known.slot = running.add(this.#node, shape, known.grant.gpus, now, until)
    known.since = Math.min(known.since, now)
    prices.started(shape, until)
    return now + ASK_AGAIN * (until - known.since)
  }

  #stop(slot: number): void {
    const { running, prices } = this.#register
    prices.ended(running.shape[slot] ?? 0, running.until[slot] ?? 0)
    running.remove(this.#node, slot)
  }

  #note(known: Known, held: Held | null, askAt: number): void {
    this.#known.push(known)
    this.#held.push(held)
    this.#askAt.push(askAt)
  }
}
