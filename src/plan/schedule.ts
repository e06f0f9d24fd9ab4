import type { Job } from '../job.ts'
import type { Estimator } from '../machines/estimate/estimator.ts'
import type { Policy } from '../machines/placement/policy.ts'
import type { FixedRam, NodeCapacity } from '../node.ts'
import type { RunEvent } from '../progress.ts'
import { simulateSystem } from '../simulator/system.ts'
import type { System } from '../system.ts'
import type { Bar, Timeline } from './timeline.ts'

/** What a schedule is simulated from. */
export interface ScheduleInput {
  readonly jobs: readonly Job[]
  readonly nodes: readonly NodeCapacity[]
  readonly fixedRam: FixedRam
  readonly policy: Policy
  /** Says how long each job takes: both what is predicted and what comes. */
  readonly estimator: Estimator
}

/** A real run may search for hours beside its jobs; somebody waits for a plan. */
const SEARCH_PLACEMENTS = 50_000

type Placed = Extract<RunEvent, { type: 'job.placed' }>
type Ended = Extract<RunEvent, { type: 'job.ended' }>

/**
 * Runs the jobs on a simulated clock: the real machines, ledgers and policy, and every job as long as predicted. Throws
 * an `InvalidJobsError` where one of them can never run on these nodes.
 */
export function simulateSchedule({ jobs, nodes, fixedRam, policy, estimator }: ScheduleInput): Timeline {
  const system = simulateSystem({
    nodes,
    fixedRam,
    policy,
    estimator: unteachable(estimator),
    play: ({ job }) => ({ durationS: estimator.predict(job).seconds }),
    keepEvents: false,
    searchPlacements: SEARCH_PLACEMENTS,
  })
  const bars = barsOf(system)
  system.add(jobs)
  return { nodes, endS: system.runAll(), bars }
}

/** The bars of a simulation, in the order of their placing: filled while it goes on. */
function barsOf({ events$ }: Pick<System, 'events$'>): readonly Bar[] {
  const bars: Bar[] = []
  const open = new Map<string, Placed>()
  events$.subscribe(event => {
    if (event.type === 'job.placed') open.set(event.id, event)
    if (event.type !== 'job.ended') return
    const placed = open.get(event.outcome.id)
    open.delete(event.outcome.id)
    if (placed) bars.push(barOf(placed, event))
  })
  return bars
}

function barOf(placed: Placed, { at, outcome }: Ended): Bar {
  const { id, name, node, threads, ramGb, cores, gpus, gpuShare, gpuRamGb, resources } = placed
  const held = { threads, ramGb, cores, gpus, gpuShare, gpuRamGb, resources }
  const [startS, endS] = [placed.at / 1000, at / 1000]
  return { id, name, group: outcome.group, node, startS, endS, status: 'planned', ...held }
}

/** Knows what it knows: in a simulation that follows its own predictions there is nothing to learn. */
function unteachable(estimator: Estimator): Estimator {
  return {
    ...estimator,
    expect: () => {},
    started: () => {},
    progressed: () => {},
    stopped: () => {},
    learn: () => {},
    remember: () => {},
    at: () => {},
  }
}
