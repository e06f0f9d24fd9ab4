import { basisOf } from '../estimate/basis.ts'
import type { Estimator } from '../estimate/estimator.ts'
import type { PendingJob } from '../placement/queue.ts'

/** Predictions are made anew when so much more than before has been learned, or of the time since the first has passed. */
const LEARNED_SHARE = 1 / 32
const PASSED_SHARE = 1 / 64

/** Says how many seconds a waiting job is expected to take. */
export type Predict = (pending: PendingJob) => number

/**
 * The predictions that passes go by. What one more ended job teaches changes each of them a little, which would make
 * every pass look at everything: so they are kept until enough has been learned, or enough time has passed, to matter.
 */
export class Predictions {
  readonly #estimator: Estimator
  readonly #kept = new Kept()
  #predict: Predict | null = null
  readonly #groups = new Set<string>()
  #learned = 0
  #learnedThen = 0
  #firstAt = 0
  #at = 0

  constructor(estimator: Estimator) {
    this.#estimator = estimator
  }

  /** A job of a group has ended that teaches something. */
  learned(group: string): void {
    this.#learned++
    this.#groups.add(group)
  }

  /**
   * How long a job may take, in seconds, by what is known at a moment: as predicted, but before any of its group has
   * ended at least as long as was said of it. Who has said an hour is not to see it started half an hour before the end.
   */
  atMost(now: number): Predict {
    const predict = this.at(now)
    return pending => {
      const { job } = pending
      const said = this.#groups.has(job.group) ? null : basisOf(job).seconds
      return Math.max(predict(pending), said ?? 0)
    }
  }

  /**
   * The predictions of a moment, ms since the epoch: the same function as before as long as they are the same. One of
   * earlier predictions answers as the newest does.
   */
  at(now: number): Predict {
    if (this.#predict === null) this.#firstAt = now
    if (this.#predict === null || this.#areOld(now)) this.#predict = this.#takeAnew(now)
    return this.#predict
  }

  /** The same, but those of the last pass, however long ago that was. */
  latest(now: number): Predict {
    return this.#predict ?? this.at(now)
  }

  #areOld(now: number): boolean {
    const learned = this.#learned - this.#learnedThen
    const passed = now - this.#at
    return learned > LEARNED_SHARE * this.#learnedThen || passed > PASSED_SHARE * (now - this.#firstAt)
  }

  #takeAnew(now: number): Predict {
    this.#estimator.at(now)
    this.#at = now
    this.#learnedThen = this.#learned
    this.#kept.forget()
    return pending => this.#predicted(pending)
  }

  #predicted(pending: PendingJob): number {
    const before = this.#kept.of(pending)
    if (before !== undefined) return before
    const { seconds } = this.#estimator.predict(pending.job)
    this.#kept.keep(pending, seconds)
    return seconds
  }
}

/** So many are kept at most: a power of two. */
const PLACES = 2 ** 14

/**
 * Predictions of the jobs that were asked for last. Mostly it is the same few, again and again, so each job has one
 * place, by its number, which the next takes from it that has the same: to look there touches hardly any memory.
 */
class Kept {
  readonly #jobs: (PendingJob | null)[] = new Array(PLACES).fill(null)
  readonly #seconds = new Float64Array(PLACES)

  of(pending: PendingJob): number | undefined {
    const place = pending.seq & (PLACES - 1)
    return this.#jobs[place] === pending ? this.#seconds[place] : undefined
  }

  forget(): void {
    this.#jobs.fill(null)
  }

  keep(pending: PendingJob, seconds: number): void {
    const place = pending.seq & (PLACES - 1)
    this.#jobs[place] = pending
    this.#seconds[place] = seconds
  }
}
