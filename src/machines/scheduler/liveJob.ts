import { expectedLeft } from '../eta.ts'
import type { Grant } from '../placement/free.ts'
import type { Held } from '../placement/policy.ts'
import type { PendingJob } from '../placement/queue.ts'
import type { Predict } from './predictions.ts'
import type { JobRef, SchedulerState } from './state.ts'

/** What a job gets with its place. */
interface Place {
  readonly pending: PendingJob
  readonly ref: JobRef
  readonly placementId: string
  /** Name of the node. */
  readonly node: string
  readonly grant: Grant
}

/** A job with an actor: it holds a place. Policies see what it holds, and until when. */
export class LiveJob implements Held, Place {
  readonly pending: PendingJob
  readonly ref: JobRef
  readonly placementId: string
  readonly node: string
  readonly grant: Grant
  /** Ms since the epoch. */
  readonly placedAt: number
  /** `null` until its process runs. */
  startedAt: number | null = null
  /** How much of it is done, 0–1, as it told last; `null` where it has told nothing. */
  fraction: number | null = null
  readonly #state: SchedulerState
  /** By which predictions its duration was predicted last, and the seconds. */
  #predictedBy: Predict | null = null
  #predictedS = 0

  constructor(state: SchedulerState, { pending, ref, placementId, node, grant }: Place) {
    this.pending = pending
    this.ref = ref
    this.placementId = placementId
    this.node = node
    this.grant = grant
    this.placedAt = state.ports.now()
    this.#state = state
  }

  /**
   * When it is expected to end, ms since the epoch: as predicted, and when that has passed, or it tells of its progress,
   * by what is then expected of it: later than now in any case.
   */
  get until(): number {
    const { ports, predictions } = this.#state
    const now = ports.now()
    const predictedS = this.#predicted(predictions.latest(now))
    const startedAt = this.startedAt ?? this.placedAt
    const asPredicted = startedAt + predictedS * 1000
    if (asPredicted > now && this.fraction === null) return asPredicted
    return now + expectedLeft({ startedAt, predictedS, progress: this.fraction }, now) * 1000
  }

  /** Asked for again and again while it runs: the answer is kept as long as the predictions are the same. */
  #predicted(predict: Predict): number {
    if (this.#predictedBy !== predict) {
      this.#predictedBy = predict
      this.#predictedS = predict(this.pending)
    }
    return this.#predictedS
  }
}
