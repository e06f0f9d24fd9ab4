import { quantileS } from '../estimate/distribution.ts'
import { BALANCED_RESERVE, type Rule } from '../placement/rule/rule.ts'
import type { RestOfRun } from '../rollout/rest.ts'
import { createRollout, finish } from '../rollout/rollout.ts'
import { type BatchedBucket, inBatches } from './batches.ts'
import { Draws } from './draws.ts'
import { pendingS, runningS } from './futures.ts'
import { type EndTime, endTimeOf, FITTED, type Reading } from './interval.ts'
import type { RunningRest, UncertainRest } from './rest.ts'

/** So many are enough for the ends of an interval, since what groups have in common is drawn evenly. */
const FUTURES = 16
const MOST_BATCHES = 300

/** How the end time is simulated. */
export interface EndTimeOptions {
  /** Sampled futures. Default 16. */
  readonly futures?: number
  /** Waiting jobs above this number are simulated in batches. Default 300. */
  readonly mostBatches?: number
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
  const { futures = FUTURES, mostBatches = MOST_BATCHES, reading = FITTED } = options
  const buckets = inBatches(rest, mostBatches)
  const here = rest.running.filter(isHere)
  const elsewhere = rest.running.filter(({ node }) => node === null)
  const rollout = createRollout(restOfRun(rest, here, buckets))
  const draws = new Draws(futures)
  const samplesS: number[] = []
  for (let future = 0; future < futures; future++) {
    yield
    const durations = {
      pendingS: pendingS(buckets, draws, future),
      runningS: runningS(here, draws, future),
    }
    const { makespanS, unplaced } = yield* rollout.steps(options.rule ?? BALANCED_RESERVE, durations)
    if (unplaced > 0) return null
    samplesS.push(Math.max(makespanS, ...runningS(elsewhere, draws, future)))
  }
  return samplesS.length > 0 ? endTimeOf(samplesS, reading) : null
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
