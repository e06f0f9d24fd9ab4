/** Waiting jobs that are interchangeable for placement, as numbers. */
export interface WaitingBucket {
  /** Row of their demand in `Shapes`. */
  readonly shape: number
  /** Position of their group. */
  readonly group: number
  readonly priority: number
}

/** A job that was passed over too often: nothing of its priority or below may delay it any more. */
export interface StarvingJob {
  readonly bucket: number
  readonly position: number
}

/** What waits, as a pass sees it: buckets, each ordered by predicted time, the longest first. */
export interface Waiting {
  readonly buckets: readonly WaitingBucket[]
  readonly starving: readonly StarvingJob[]
  /** By bucket: a pass that finds another number than the one before looks at its jobs again. */
  readonly versions: Int32Array
  /** Position of the first waiting job of a bucket at or after a position (0: the bucket's first), −1 for none. */
  next(bucket: number, from: number): number
  /** Predicted seconds of the job at a position. */
  secondsAt(bucket: number, position: number): number
  /** Position of the longest waiting job at or after a position that lasts at most so many seconds, −1 for none. */
  within(bucket: number, from: number, limitS: number): number
  /** The job at a position is placed: it does not wait any more. */
  take(bucket: number, position: number): void
}
