import type { Situation } from './policy.ts'
import type { Bucket, PendingJob } from './queue.ts'

/** The head of a bucket while a pass goes on, and how far the pass has eaten into it. */
export interface Head {
  readonly bucket: Bucket
  position: number
  pending: PendingJob
  predictedS: number
  blocked: boolean
}

type Predict = Situation['predict']

/** The longest job of a bucket; none where it is empty. */
export function headOf(situation: Situation, bucket: Bucket): Head[] {
  const pending = bucket.at(0)
  if (!pending) return []
  return [{ bucket, position: 0, pending, predictedS: situation.predict(pending), blocked: false }]
}

/** Of the heads that may: higher priority first, then the longer, then the earlier. */
export function firstOf(heads: readonly Head[], may: (head: Head) => boolean): Head | null {
  let best: Head | null = null
  for (const head of heads) {
    if (!head.blocked && (!best || goesBefore(head, best)) && may(head)) best = head
  }
  return best
}

function goesBefore(a: Head, b: Head): boolean {
  const order =
    a.bucket.priority - b.bucket.priority || a.predictedS - b.predictedS || b.pending.seq - a.pending.seq
  return order > 0
}

/** Moves a head to a place in its bucket. `false` when there is no job. */
export function moveTo(head: Head, position: number, predict: Predict): boolean {
  const pending = head.bucket.at(position)
  if (!pending) return false
  head.position = position
  head.pending = pending
  head.predictedS = predict(pending)
  return true
}

/** Moves a head to the longest job behind it that lasts at most so many seconds. `false` when there is none. */
export function skipToShorter(head: Head, limitS: number, predict: Predict): boolean {
  let low = head.position + 1
  let high = head.bucket.size
  while (low < high) {
    const middle = (low + high) >>> 1
    const pending = head.bucket.at(middle)
    if (pending && predict(pending) > limitS) low = middle + 1
    else high = middle
  }
  return moveTo(head, low, predict)
}
