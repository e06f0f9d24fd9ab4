import { type EndTimes, endTimes } from '../actors/endTimes.ts'
import type { Clock } from '../clock.ts'
import type { EndTime } from '../machines/eta/interval.ts'
import { simulateEnd } from '../machines/eta/simulate.ts'
import type { Remaining } from '../machines/eta.ts'
import {
  type Ahead,
  progressOf,
  remainingOf,
  restsOnGuesses,
  type ToldEnd,
} from '../machines/scheduler/picture.ts'
import { uncertainRestOf } from '../machines/scheduler/rest.ts'
import { type SchedulerState, unfinished } from '../machines/scheduler/state.ts'
import type { Progress, RunEvent, RunReport } from '../progress.ts'

/** What the end time of a run is found from. */
export interface RunEndTimeParts {
  readonly clock: Clock
  readonly state: () => SchedulerState
  readonly ahead: () => Ahead
  /** When the run began, ms since the epoch; `null` before that. */
  readonly startedAt: () => number | null
}

/** The end time of a run: what is told of it now, and what was told first. */
export class RunEndTime {
  readonly #parts: RunEndTimeParts
  readonly #times: EndTimes
  #first: RunReport['firstEstimate'] = null

  constructor(parts: RunEndTimeParts) {
    this.#parts = parts
    this.#times = endTimes({
      clock: parts.clock,
      begin: () => this.#simulate(),
      tell: told => this.#noteTold(told),
    })
  }

  /** What was told first: with an interval, where one was simulated before the run was over. */
  get first(): RunReport['firstEstimate'] {
    return this.#first
  }

  /** Something happens in the run. */
  hear({ type }: RunEvent): void {
    if (unfinished(this.#parts.state()) === 0) this.#times.stop()
    else if (type !== 'warning') this.#times.changed()
    if (type === 'burst.placed') this.#first ??= this.#estimate()
  }

  /** Where the run stands, by the bounds on what is left and the end time that was told last. */
  progress(remaining: Remaining): Progress {
    return this.#progress(remaining, this.#times.told())
  }

  #progress(remaining: Remaining, told: ToldEnd | null): Progress {
    const { clock, state, ahead, startedAt } = this.#parts
    return progressOf(state(), startedAt() ?? clock.now(), remaining, { ahead: ahead(), told })
  }

  /** What was told does not hold any more. */
  forget(): void {
    this.#times.forget()
  }

  stop(): void {
    this.#times.stop()
  }

  #simulate(): Iterator<void, EndTime | null> | null {
    const state = this.#parts.state()
    const ahead = this.#parts.ahead()
    if (unfinished(state) === 0 || restsOnGuesses(state, ahead)) return null
    const { rule } = state.ports.policy
    return simulateEnd(uncertainRestOf(state, ahead), rule && { rule })
  }

  #estimate(): RunReport['firstEstimate'] {
    const { state, ahead } = this.#parts
    const remaining = remainingOf(state(), ahead())
    const { elapsedS, remainingS, remainingIntervalS } = this.#progress(remaining, this.#times.latest())
    return remainingS === null ? null : { atS: elapsedS, remainingS, intervalS: remainingIntervalS }
  }

  #noteTold({ at, end: { expectedS, lowS, highS } }: ToldEnd): void {
    const startedAt = this.#parts.startedAt()
    if (startedAt === null || this.#first?.intervalS) return
    this.#first = { atS: (at - startedAt) / 1000, remainingS: expectedS, intervalS: [lowS, highS] }
  }
}
