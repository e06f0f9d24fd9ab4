import { quantileS } from '../estimate/distribution.ts'
import { BALANCED_RESERVE, type Rule } from '../placement/rule/rule.ts'
import type { RestOfRun } from '../rollout/rest.ts'
import { createRollout } from '../rollout/rollout.ts'
import { type BatchedBucket, inBatches } from './batches.ts'
import { GroupDraws, pendingS, runningS } from './futures.ts'
import { type EndTime, endTimeOf } from './interval.ts'
import type { RunningRest, UncertainRest } from './rest.ts'

/** How the end time is simulated. */
export interface EndTimeOptions {
  /** Sampled futures. Default 32. */
  readonly futures?: number
  /** Waiting jobs above this number are simulated in batches. Default 1000. */
  readonly mostBatches?: number
  /** Factor by which the interval is widened on a log scale. */
  readonly widening?: number
  /** Default balanced-reserve. */
  readonly rule?: Rule
}

/**
 * Simulates the rest of a run in sampled futures, one a step, so that whoever goes on with it can do something else
 * between two steps. Returns the end time, `null` where a job fits on none of the nodes.
 */
export function* simulateEnd(
  rest: UncertainRest,
  options: EndTimeOptions = {},
): Generator<void, EndTime | null> {
  const { futures = 32, mostBatches = 1000, widening = 1, rule = BALANCED_RESERVE } = options
  const buckets = inBatches(rest, mostBatches)
  const here = rest.running.filter(isHere)
  const elsewhere = rest.running.filter(({ node }) => node === null)
  const rollout = createRollout(restOfRun(rest, here, buckets))
  const draws = new GroupDraws(futures)
  const samplesS: number[] = []
  for (let future = 0; future < futures; future++) {
    yield
    const durations = { pendingS: pendingS(buckets, draws, future), runningS: runningS(here, draws, future) }
    const { makespanS, unplaced } = rollout.run(rule, durations)
    if (unplaced > 0) return null
    samplesS.push(Math.max(makespanS, ...runningS(elsewhere, draws, future)))
  }
  return samplesS.length > 0 ? endTimeOf(samplesS, widening) : null
}

/** The end time without a pause. */
export function endTimeNow(rest: UncertainRest, options?: EndTimeOptions): EndTime | null {
  const steps = simulateEnd(rest, options)
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

type RunningHere = RunningRest & { readonly node: number }

function isHere(running: RunningRest): running is RunningHere {
  return running.node !== null
}

function restOfRun(
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
