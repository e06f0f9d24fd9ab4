import type { Distribution } from '../estimate/distribution.ts'
import type { BatchedBucket } from '../eta/batches.ts'
import { inBatches } from '../eta/batches.ts'
import { Draws } from '../eta/draws.ts'
import { pendingS, runningS } from '../eta/futures.ts'
import { isHere, type RunningHere, restOfRun } from '../eta/simulate.ts'
import { freeIn } from '../ledger.ts'
import type { Rule } from '../placement/rule/rule.ts'
import type { Durations } from '../rollout/rest.ts'
import { remainingOf } from '../scheduler/picture.ts'
import { uncertainRestOf } from '../scheduler/rest.ts'
import { type SchedulerState, unfinished } from '../scheduler/state.ts'
import { budgetS, type Means } from './budget.ts'
import { SEARCHES } from './due.ts'
import type { Portfolio } from './portfolio.ts'
import type { SearchTask } from './task.ts'

/** What a search has learned from those before it. */
export interface Experience {
  readonly known: readonly Rule[]
  /** Number of searches before. */
  readonly searches: number
  /** CPU time of one simulated placement, seconds. */
  readonly placementS: number
}

/** Sampled futures: so many draws of how long the jobs take, beside the prediction. */
const FUTURES = 8
const AS_PREDICTED: Durations = {}

/** A rule that is to take over while durations are uncertain has to be better by so much: else chance would choose. */
const GAIN_IF_UNCERTAIN = 0.01

/** What differs by less is rounding. */
const GAIN_IF_CERTAIN = 1e-6

/** Durations that vary by less than this share are as good as known. */
const CERTAIN_SD = 1e-3

/** Waiting jobs above these numbers are simulated in batches. */
const MOST_IF_UNCERTAIN = 2000
const MOST_IF_CERTAIN = 10_000

/**
 * What a search should look at now; `null` where there is nothing to search for: nothing waits, nobody knows
 * anything of what waits, or the budget is too small for two rules.
 */
export function searchTaskOf(
  state: SchedulerState,
  { rule: inForce, groupStarts }: Pick<Portfolio, 'rule' | 'groupStarts'>,
  experience: Experience,
): SearchTask | null {
  if (state.queue.size === 0 || restsOnGuesses(state)) return null
  const placements = Math.floor(budgetS(meansOf(state)) / experience.placementS)
  if (placements < 2 * Math.min(state.queue.size, MOST_IF_UNCERTAIN)) return null
  const uncertain = uncertainRestOf(state)
  const here = uncertain.running.filter(isHere)
  const first = inBatches(uncertain, MOST_IF_UNCERTAIN)
  const isCertain = areCertain(here, first)
  const batches = isCertain ? inBatches(uncertain, MOST_IF_CERTAIN) : first
  return {
    rest: { ...restOfRun(uncertain, here, batches), placedOf: new Map(state.placedOfGroup) },
    futures: isCertain ? [AS_PREDICTED] : futuresOf(here, batches),
    inForce,
    known: experience.known,
    groupStarts: isCertain ? 0 : groupStarts,
    placements,
    leastGain: isCertain ? GAIN_IF_CERTAIN : GAIN_IF_UNCERTAIN,
    seed: experience.searches,
  }
}

function restsOnGuesses({ queue, ports }: SchedulerState): boolean {
  for (const bucket of queue.buckets()) {
    const longest = bucket.at(0)
    if (longest && !ports.estimator.predict(longest.job).guess) return false
  }
  return true
}

function meansOf(state: SchedulerState): Means {
  const nodes = [...state.nodes.values()]
  const free = nodes.reduce((sum, { ledger }) => sum + freeIn(ledger.getSnapshot().context).threads, 0)
  const left = unfinished(state) / Math.max(1, state.jobs.size)
  return {
    // The scheduler runs on one machine, which is taken to be like the others.
    threads: nodes.reduce((sum, { capacity }) => sum + capacity.threads, 0) / Math.max(1, nodes.length),
    busy: free < ONE_THREAD,
    restS: remainingOf(state).remainingS,
    searches: Math.max(1, Math.ceil(SEARCHES * left)),
  }
}

const ONE_THREAD = 1000

function areCertain(here: readonly RunningHere[], buckets: readonly BatchedBucket[]): boolean {
  return (
    here.every(({ duration }) => isCertain(duration)) &&
    buckets.every(({ batches }) => batches.every(({ duration }) => isCertain(duration)))
  )
}

function isCertain({ sharedSd, ownSd }: Distribution): boolean {
  return sharedSd < CERTAIN_SD && ownSd < CERTAIN_SD
}

function futuresOf(here: readonly RunningHere[], batches: readonly BatchedBucket[]): Durations[] {
  const draws = new Draws(FUTURES)
  const sampled = Array.from({ length: FUTURES }, (_, future) => ({
    pendingS: pendingS(batches, draws, future),
    runningS: runningS(here, draws, future),
  }))
  return [AS_PREDICTED, ...sampled]
}
