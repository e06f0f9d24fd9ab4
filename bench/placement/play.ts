import { createTrustingEstimator } from '../../src/machines/estimate/trusting.ts'
import { lowerBound } from '../../src/machines/lowerBound/lowerBound.ts'
import { demandOf } from '../../src/machines/placement/demand.ts'
import { allFree } from '../../src/machines/placement/free.ts'
import { policyFor } from '../../src/machines/placement/policies.ts'
import { NO_FIXED_RAM, simulateSystem } from '../../src/testing/index.ts'
import { durationOf, type Instance, jobsOf, nodesOf } from '../instances/instance.ts'
import { instanceOf } from '../instances/source.ts'
import type { Task } from './task.ts'

/** What a policy has reached. */
export interface Played {
  /** Name of the instance. */
  readonly instance: string
  readonly family: string
  /** Number of jobs of its family's size: a window of a trace may hold more. */
  readonly size: number
  readonly policy: string
  readonly estimates: Task['estimates']
  readonly makespanS: number
  readonly lowerBoundS: number
  /** What the reference policies reach, in seconds. */
  readonly references: Readonly<Record<string, number>>
}

/**
 * Runs an instance on the real system under the simulated clock. Jobs take their true durations; the scheduler knows
 * them ahead, or sees what was guessed.
 */
export function play({ source, policy, estimates }: Task): Played {
  const instance = instanceOf(source)
  const { name, family, jobs, makespanS } = instance
  return {
    ...{ instance: name, family, policy, estimates },
    size: Number(/-(\d+)-[^-]+$/.exec(name)?.[1] ?? jobs.length),
    makespanS: run(instance, policy, estimates),
    lowerBoundS: instance.lowerBoundS ?? boundOf(instance),
    references: estimates === 'exact' ? makespanS.exactEstimates : makespanS.givenEstimates,
  }
}

function run(instance: Instance, policy: Task['policy'], estimates: Task['estimates']): number {
  const system = simulateSystem({
    nodes: nodesOf(instance),
    policy: policyFor(policy),
    keepEvents: false,
    play: ({ job }) => ({ durationS: durationOf(instance, job.id) }),
    ...(estimates === 'exact' && { estimator: createTrustingEstimator() }),
  })
  let ended = 0
  system.events$.subscribe(({ type }) => {
    if (type === 'job.ended') ended++
  })
  system.add(jobsOf(instance, estimates))
  const makespanS = system.runAll()
  if (ended !== instance.jobs.length) throw new Error(`${ended} of ${instance.jobs.length} jobs have ended`)
  return makespanS
}

function boundOf(instance: Instance): number {
  const work = jobsOf(instance, 'exact').map(({ request, timeS }) => ({
    demand: demandOf(request, 'command', NO_FIXED_RAM),
    seconds: timeS ?? 0,
  }))
  return lowerBound(work, nodesOf(instance).map(allFree)).seconds
}
