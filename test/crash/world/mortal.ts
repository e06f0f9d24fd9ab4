import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../../../src/clock.ts'
import type { SimulatedClock } from '../../../src/simulator/clock.ts'

/**
 * A scheduler's life: all that it does to the world outside goes through `point`, and after the last one nothing of it
 * reaches anybody. What it goes on to compute is of no consequence, as with a process that was killed.
 */
export class Mortal {
  readonly #lastPoint: number
  readonly #onDeath: () => void
  points = 0
  isDead = false

  constructor(lastPoint: number, onDeath: () => void) {
    this.#lastPoint = lastPoint
    this.#onDeath = onDeath
  }

  /** Something is about to be done. Returns whether it is. */
  point(): boolean {
    if (this.isDead) return false
    this.points += 1
    if (this.points < this.#lastPoint) return true
    this.isDead = true
    this.#onDeath()
    return false
  }
}

/** A clock that calls nobody who is dead. */
export function clockOf(clock: SimulatedClock, mortal: Mortal): Clock & Pick<SimulatedClock, 'defer'> {
  const unlessDead = (fn: () => void) => () => {
    if (!mortal.isDead) fn()
  }
  return {
    now: clock.now,
    setTimeout: (fn, ms) => clock.setTimeout(unlessDead(fn), ms),
    clearTimeout: handle => clock.clearTimeout(handle),
    defer: fn => clock.defer(unlessDead(fn)),
  }
}

/** A database each of whose statements may be the last thing that a scheduler does: what is not committed is gone then. */
export function diskOf(db: DatabaseSync, mortal: Mortal): DatabaseSync {
  const reach = (): DatabaseSync => {
    if (!mortal.point()) throw new Error('the scheduler is dead')
    return db
  }
  const disk = {
    exec: (sql: string) => reach().exec(sql),
    prepare(sql: string) {
      const statement = db.prepare(sql)
      return {
        run: (...values: never[]) => reach() && statement.run(...values),
        get: (...values: never[]) => reach() && statement.get(...values),
        all: (...values: never[]) => reach() && statement.all(...values),
      }
    },
    get isTransaction() {
      return db.isTransaction
    },
    close() {},
  }
  return disk as unknown as DatabaseSync
}
