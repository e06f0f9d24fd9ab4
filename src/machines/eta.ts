import {
  areaBounds,
  type Bound,
  type Demand,
  type Load,
  mergeLoads,
  type Supply,
  wavesBound,
} from './bounds.ts'
import { remainingOfRunning } from './residual.ts'

/** A job that runs now. */
export interface RunningWork {
  readonly id: string
  readonly name: string
  readonly group: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Expected total duration in seconds. */
  readonly predictedS: number
  /** What the job told of its progress, [0, 1]; `null` where it told nothing. */
  readonly progress: number | null
  readonly demand: Demand
}

/** Pending jobs of one group that demand the same, as sums: a million of them cost one bucket. */
export interface PendingBucket {
  readonly group: string
  readonly count: number
  /** Sum of the predicted durations in seconds. */
  readonly sumS: number
  /** The job with the longest predicted duration, and that duration in seconds. */
  readonly longest: { readonly id: string; readonly name: string; readonly predictedS: number }
  readonly demand: Demand
}

export interface RemainingInput {
  readonly running: Iterable<RunningWork>
  readonly pending: Iterable<PendingBucket>
  readonly supply: Supply
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface Remaining {
  /** Expected seconds to the end of the last job; 0 without jobs, Infinity where a demanded resource is not there. */
  readonly remainingS: number
  /** What bounds it: the name of a resource, `longest job`, or `waves` (few jobs fit side by side). */
  readonly by: string
  /** The job with the longest expected remaining time, running or pending. */
  readonly longest: { readonly id: string; readonly name: string; readonly remainingS: number } | null
  /** Expected remaining seconds of each running job, by id. */
  readonly ofRunning: ReadonlyMap<string, number>
}

/**
 * Expected time to the end of a run: the largest of the area bound of each resource, the waves bound of each
 * demand, and the longest job that is left, over expected remaining durations. For jobs of one thread each, placing
 * whatever fits ends at most one longest job after these bounds, and longest-first comes closer (R. L. Graham,
 * "Bounds on multiprocessing timing anomalies", SIAM J. Appl. Math. 17, 1969).
 */
export function remainingTime(input: RemainingInput): Remaining {
  const running = [...input.running]
  const ofRunning = new Map(running.map(work => [work.id, expectedLeft(work, input.now)]))
  const pending = [...input.pending]
  const loads = mergeLoads([...running.map(work => loadOf(work, ofRunning)), ...pending.map(loadOfBucket)])
  const longest = longestOf(running, ofRunning, pending)
  const bound = largest([
    { by: 'longest job', seconds: longest?.remainingS ?? 0 },
    ...areaBounds(loads, input.supply),
    ...loads.map(load => wavesBound(load, input.supply)),
  ])
  return { remainingS: bound.seconds, by: bound.by, longest, ofRunning }
}

/** Expected remaining seconds of a running job. */
export function expectedLeft(
  work: Pick<RunningWork, 'startedAt' | 'predictedS' | 'progress'>,
  now: number,
): number {
  return remainingOfRunning(elapsedOf(work, now), work.predictedS, work.progress)
}

/** True for a job that has run longer than predicted and has not told progress that says otherwise. */
export function isOverdue(
  work: Pick<RunningWork, 'startedAt' | 'predictedS' | 'progress'>,
  now: number,
): boolean {
  return elapsedOf(work, now) > work.predictedS
}

function elapsedOf({ startedAt }: Pick<RunningWork, 'startedAt'>, now: number): number {
  return Math.max(0, (now - startedAt) / 1000)
}

function loadOf(work: RunningWork, left: ReadonlyMap<string, number>): Load {
  const seconds = left.get(work.id) ?? 0
  return { demand: work.demand, count: 1, sumS: seconds, longestS: seconds }
}

function loadOfBucket({ demand, count, sumS, longest }: PendingBucket): Load {
  return { demand, count, sumS, longestS: longest.predictedS }
}

function longestOf(
  running: readonly RunningWork[],
  left: ReadonlyMap<string, number>,
  pending: readonly PendingBucket[],
): Remaining['longest'] {
  const runningOnes = running.map(({ id, name }) => ({ id, name, remainingS: left.get(id) ?? 0 }))
  const pendingOnes = pending
    .filter(bucket => bucket.count > 0)
    .map(({ longest: { id, name, predictedS } }) => ({ id, name, remainingS: predictedS }))
  return [...runningOnes, ...pendingOnes].reduce<Remaining['longest']>(
    (longest, job) => (longest && longest.remainingS >= job.remainingS ? longest : job),
    null,
  )
}

function largest(bounds: readonly Bound[]): Bound {
  return bounds.reduce((most, bound) => (bound.seconds > most.seconds ? bound : most), {
    seconds: 0,
    by: 'longest job',
  })
}
