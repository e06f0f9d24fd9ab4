import type { Ending } from '../job.ts'
import type { Play, Script } from './executor.ts'
import { randomOf } from './random.ts'

/** How often what goes wrong. Rates are shares of all attempts, 0–1; those of the four ways to end may add up to 1. */
export interface FaultOptions {
  /** Attempts that end with exit code 1. Default 0. */
  readonly failRate?: number
  /** Attempts that are killed from outside (SIGKILL), as by a kernel that is out of memory. Default 0. */
  readonly killRate?: number
  /** Attempts that cannot be started: no such program, say. Default 0. */
  readonly startFailureRate?: number
  /** Attempts that never end by themselves: a time limit or a cancel ends them. Default 0. */
  readonly hangRate?: number
  /** Attempts that ignore TERM and have to be killed. Default 0. */
  readonly ignoreTermRate?: number
  /** Durations are the estimate times a factor from 1 / spread to spread. Default 1: as estimated. */
  readonly spread?: number
  /** Seconds from the placing of a job to its start. Default 0. */
  readonly startS?: number
}

/** Duration of a job without an estimate, in seconds. */
const UNESTIMATED_S = 10

/**
 * How attempts go, with faults that a seed decides: the same seed gives the same faults to the same jobs, whatever
 * else runs. A retried attempt draws anew. Throws a RangeError when a rate is not in 0–1, when the four ways to end
 * add up to more than 1, or when `spread` is below 1.
 *
 * ```ts
 * const system = simulateSystem({ nodes: [buildNode()], play: faultsBySeed(7, { failRate: 0.2, spread: 3 }) })
 * ```
 */
export function faultsBySeed(seed: number, options: FaultOptions = {}): Play {
  check(options)
  const { ignoreTermRate = 0, spread = 1, startS = 0 } = options
  return ({ job, placement }) => {
    const draw = (what: string) => randomOf(seed, job.id, placement.attempt, what)
    const durationS = (job.timeS ?? UNESTIMATED_S) * spread ** (2 * draw('duration') - 1)
    const endsOnTerm = draw('term') >= ignoreTermRate
    return { durationS, startS, endsOnTerm, ...faultAt(draw('fault'), options) }
  }
}

/** The fault that stands at a point of the line from 0 to 1, on which each kind has its stretch. */
function faultAt(point: number, options: FaultOptions): Partial<Script> {
  const { failRate = 0, killRate = 0, startFailureRate = 0, hangRate = 0 } = options
  let left = point
  const within = (rate: number) => {
    left -= rate
    return left < 0
  }
  if (within(failRate)) return { ending: FAILED }
  if (within(killRate)) return { ending: KILLED }
  if (within(startFailureRate)) return { ending: NOT_STARTED, failsToStart: true }
  if (within(hangRate)) return { durationS: Number.POSITIVE_INFINITY }
  return {}
}

const FAILED: Partial<Ending> = {
  ok: false,
  exitCode: 1,
  failure: { reason: 'exit', message: 'exit code 1, as the seed decided' },
}

const KILLED: Partial<Ending> = {
  ok: false,
  exitCode: null,
  signal: 'SIGKILL',
  failure: { reason: 'signal', message: 'killed by SIGKILL, as the seed decided' },
}

const NOT_STARTED: Partial<Ending> = {
  ok: false,
  exitCode: null,
  failure: { reason: 'start', message: 'could not be started, as the seed decided' },
}

function check(options: FaultOptions): void {
  const { failRate = 0, killRate = 0, startFailureRate = 0, hangRate = 0, ignoreTermRate = 0 } = options
  const rates = { failRate, killRate, startFailureRate, hangRate, ignoreTermRate }
  for (const [name, rate] of Object.entries(rates))
    if (!(rate >= 0 && rate <= 1)) throw new RangeError(`Expected ${name} to be in 0–1, got ${rate}`)
  const sum = failRate + killRate + startFailureRate + hangRate
  if (sum > 1 + 1e-9)
    throw new RangeError(
      `Expected fail, kill, start failure and hang rate to add up to at most 1, got ${sum}`,
    )
  if (!((options.spread ?? 1) >= 1)) throw new RangeError(`Expected spread to be ≥ 1, got ${options.spread}`)
}
