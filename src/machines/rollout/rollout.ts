import type { Rule } from '../placement/rule/rule.ts'
import type { Durations, RestOfRun, RolloutPlaces, RolloutResult } from './rest.ts'
import { Simulation } from './simulation.ts'
import { type Start, startOf } from './start.ts'

/** The rest of a run, made ready to be simulated often: by other rules, with other durations. */
export interface Rollout {
  /** Number of waiting jobs. */
  readonly jobs: number
  /**
   * Simulates it: a pass of the rule at the start and after each end, until nothing runs. Deterministic: equal
   * arguments give equal results. A job that lasts longer than predicted is expected to need another third of what it
   * has run, again and again. Nothing is learned on the way, nothing more arrives, and physical cores are only
   * counted: that they have to be neighbours is left out.
   */
  run(rule: Rule, durations?: Durations, options?: RolloutOptions): RolloutResult
  /** The same, a pass a step: for whoever has something else to do in between. */
  steps(rule: Rule, durations?: Durations, options?: RolloutOptions): Generator<void, RolloutResult>
}

export interface RolloutOptions {
  /** Whether to tell where and when each job ran. Default false. */
  readonly places?: boolean
  /** Asked after each pass: whether the rest need not be simulated any more. Default: all of it is. */
  readonly isEnough?: (places: RolloutPlaces) => boolean
}

/**
 * Makes the rest of a run ready; it is read once and not changed.
 *
 * ```ts
 * const rollout = createRollout({ nodes, running: [], buckets })
 * const { makespanS } = rollout.run(BALANCED_RESERVE)
 * ```
 */
export function createRollout(rest: RestOfRun): Rollout {
  const start = startOf(rest)
  return {
    jobs: start.jobs,
    run: (rule, durations, options) => finish(play(start, rule, durations, options)),
    steps: (rule, durations, options) => play(start, rule, durations, options),
  }
}

function* play(
  start: Start,
  rule: Rule,
  durations: Durations = {},
  options: RolloutOptions = {},
): Generator<void, RolloutResult> {
  const { isEnough = () => false } = options
  const places = options.places || options.isEnough ? noPlaces(start.jobs) : null
  const simulation = new Simulation(start, rule, durations, places)
  for (const pass of simulation.play()) {
    if (places && isEnough(places)) break
    yield pass
  }
  return { makespanS: simulation.now, unplaced: simulation.unplaced, ...(places && { places }) }
}

/** Goes through all steps at once. */
export function finish<T>(steps: Generator<void, T>): T {
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

function noPlaces(jobs: number): RolloutPlaces {
  return {
    startS: new Float64Array(jobs).fill(Number.NaN),
    endS: new Float64Array(jobs).fill(Number.NaN),
    node: new Int32Array(jobs).fill(-1),
    order: [],
  }
}
