import { quantileS } from '../estimate/distribution.ts'
import { BALANCED_RESERVE, type Rule } from '../placement/rule/rule.ts'
import type { RestOfRun } from '../rollout/rest.ts'
import { createRollout, finish } from '../rollout/rollout.ts'
import { areaS } from './area.ts'
import { type BatchedBucket, inBatches } from './batches.ts'
import { Draws } from './draws.ts'
import { pendingS, runningS } from './futures.ts'
import { type EndTime, endTimeOf, FITTED, type Reading } from './interval.ts'
import type { RunningRest, UncertainRest } from './rest.ts'

/** So many are enough for the ends of an interval, since what groups have in common is drawn evenly. */
const FUTURES = 16
const MOST_JOBS = 1000

/** With more placements than that nothing is placed: what is left is reckoned as an area. */
const MOST_PLACEMENTS = 3000

/** How the end time is simulated. */
export interface EndTimeOptions {
  /** Sampled futures. Default 16. */
  readonly futures?: number
  /** More waiting jobs than that are simulated in batches. Default 1000. */
  readonly mostJobs?: number
  /** How the end time is read from them. Default: as fitted. */
  readonly reading?: Reading
  /** Default balanced-reserve. */
  readonly rule?: Rule
}

/**
 * Simulates the rest of a run in sampled futures, in many small steps, so that whoever goes on with it can do something
 * else in between. All that is needed is read in the first one. Returns the end time, `null` where a job fits on none of
 * the nodes.
 */
export function* simulateEnd(
  rest: UncertainRest,
  options: EndTimeOptions = {},
): Generator<void, EndTime | null> {
  const { futures = FUTURES, mostJobs = MOST_JOBS, reading = FITTED } = options
  const buckets = inBatches(rest, mostJobs)
  const placements = buckets.reduce((sum, { batches }) => sum + batches.length, 0)
  const end =
    placements <= MOST_PLACEMENTS
      ? simulated(rest, buckets, options.rule ?? BALANCED_RESERVE)
      : byArea(rest, buckets)
  const draws = new Draws(futures)
  const samplesS: number[] = []
  for (let future = 0; future < futures; future++) {
    yield
    const endS = yield* end(draws, future)
    if (endS === null) return null
    samplesS.push(endS)
  }
  return samplesS.length > 0 ? endTimeOf(samplesS, reading) : null
}

/** Seconds to the end in a future; `null` where a job fits on no node. */
type EndOfFuture = (draws: Draws, future: number) => Generator<void, number | null>

/** The end by a rule's placements. */
function simulated(rest: UncertainRest, buckets: readonly BatchedBucket[], rule: Rule): EndOfFuture {
  const here = rest.running.filter(isHere)
  const elsewhere = rest.running.filter(({ node }) => node === null)
  const rollout = createRollout(restOfRun(rest, here, buckets))
  return function* (draws, future) {
    const durations = {
      pendingS: pendingS(buckets, draws, future),
      runningS: runningS(here, draws, future),
    }
    const { makespanS, unplaced } = yield* rollout.steps(rule, durations)
    return unplaced > 0 ? null : Math.max(makespanS, ...runningS(elsewhere, draws, future))
  }
}

/** The end where so many jobs wait that the nodes are full until then. */
function byArea({ nodes, running }: UncertainRest, buckets: readonly BatchedBucket[]): EndOfFuture {
  const waiting = buckets.flatMap(({ bucket: { demand }, batches }) =>
    batches.map(() => ({ demand, gpus: demand.gpus })),
  )
  const works = [...waiting, ...running.map(({ grant }) => ({ demand: grant, gpus: grant.gpus.length }))]
  return function* (draws, future) {
    const left = runningS(running, draws, future)
    const seconds = [...pendingS(buckets, draws, future), ...left]
    const endS = areaS(
      nodes,
      works.map((work, i) => ({ ...work, seconds: seconds[i] ?? 0 })),
    )
    return Number.isFinite(endS) ? Math.max(endS, ...left) : null
  }
}

/** The end time, without a pause. */
export function endTimeNow(rest: UncertainRest, options?: EndTimeOptions): EndTime | null {
  return finish(simulateEnd(rest, options))
}

export type RunningHere = RunningRest & { readonly node: number }

export function isHere(running: RunningRest): running is RunningHere {
  return running.node !== null
}

export function restOfRun(
  { nodes }: UncertainRest,
  running: readonly RunningHere[],
  buckets: readonly BatchedBucket[],
): RestOfRun {
  return {
    nodes,
    running: running.map(({ node, grant, elapsedS, duration }) => ({
      node,
      grant,
      elapsedS,
      leftS: quantileS(duration, 0.5, elapsedS) - elapsedS,
    })),
    buckets: buckets.map(({ bucket: { demand, group, priority }, predictedS }) => ({
      ...{ demand, group, priority, predictedS },
    })),
  }
}
