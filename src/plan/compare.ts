import { InvalidJobsError } from '../errors.ts'
import type { Estimator } from '../machines/estimate/estimator.ts'
import type { Policy } from '../machines/placement/policy.ts'
import type { FixedRam, NodeCapacity } from '../node.ts'
import { futuresOf } from './futures.ts'
import { lowerBoundOf } from './lowerBound.ts'
import type { MachinePlan, UnfitMachine } from './plan.ts'
import type { PlannedJob } from './planned.ts'
import { simulateSchedule } from './schedule.ts'
import type { Timeline } from './timeline.ts'
import { usesOf } from './uses.ts'

/** What a comparison of machines is made for. */
export interface Comparison {
  readonly jobs: readonly PlannedJob[]
  readonly fixedRam: FixedRam
  /** Makes the policy, anew for each simulation: a portfolio changes while it is used. */
  policy(): Policy
  /** Predicts each duration: as it is said, and as earlier runs have taught. */
  readonly estimator: Estimator
  /** What is believed of each duration; `null` where they are known. */
  readonly beliefs: Estimator | null
}

/** A machine with a name for people. */
export interface Candidate {
  readonly title: string
  readonly nodes: readonly NodeCapacity[]
}

/** What is to be expected of the jobs on a machine, and the timeline of it; `null` where some can never run there. */
export interface Compared {
  readonly machine: MachinePlan | UnfitMachine
  readonly timeline: Timeline | null
  /** Why some can never run there. */
  readonly error: InvalidJobsError | null
}

/** Plans the jobs on one machine. */
export function planOn({ title, nodes }: Candidate, comparison: Comparison): Compared {
  try {
    const policy = comparison.policy()
    const timeline = schedule(nodes, policy, comparison)
    return { machine: describe({ title, nodes }, timeline, policy, comparison), timeline, error: null }
  } catch (error) {
    if (!(error instanceof InvalidJobsError)) throw error
    const [first] = error.faults
    const why = first ? `${first.where} ${first.message}` : error.message
    return { machine: { title, nodes, unfit: error.faults.length, why }, timeline: null, error }
  }
}

function schedule(
  nodes: readonly NodeCapacity[],
  policy: Policy,
  { jobs, fixedRam, estimator }: Comparison,
): Timeline {
  return simulateSchedule({ jobs: jobs.map(({ job }) => job), nodes, fixedRam, policy, estimator })
}

function describe(
  { title, nodes }: Candidate,
  timeline: Timeline,
  { rule }: Policy,
  { jobs, beliefs }: Comparison,
): MachinePlan {
  const { endS } = timeline
  return {
    title,
    nodes,
    makespanS: endS,
    ...(beliefs ? futuresOf({ jobs, nodes, beliefs, rule }) : { expectedS: null, intervalS: null }),
    lowerBound: lowerBoundOf(jobs, nodes),
    uses: usesOf(timeline),
  }
}
