import type { SchedulerState } from '../../src/machines/scheduler/state.ts'
import { type SimulatedSystem, simulateSystem } from '../../src/testing/index.ts'
import { durationOf, type Instance, jobsOf, nodesOf } from '../instances/instance.ts'
import type { Telling } from './score.ts'

/** What is told of the rest of a run: remaining seconds, and the ends of the 80 % interval where there is one. */
export type Estimate = (state: SchedulerState) => Pick<Telling, 'told' | 'interval'>

/** Twenty moments between 2 % and 95 % of a run. */
const MOMENTS = Array.from({ length: 20 }, (_, i) => 0.02 + (i / 19) * 0.93)

/**
 * Runs an instance twice on the real system under the simulated clock, with the estimates that were given: once to
 * know how long it takes, once to ask each estimate at twenty moments. The same run twice takes the same time.
 */
export function ask(instance: Instance, estimates: readonly Estimate[]): Telling[][] {
  const makespanS = systemOf(instance).runAll()
  const system = systemOf(instance)
  system.start()
  const moments = MOMENTS.map(moment => {
    system.clock.advance(moment * makespanS * 1000 - system.clock.now())
    const truth = makespanS - system.clock.now() / 1000
    return estimates.map(estimate => ({ ...estimate(system.state()), truth }))
  })
  return estimates.map((_, i) => moments.flatMap(told => told[i] ?? []))
}

function systemOf(instance: Instance): SimulatedSystem {
  const system = simulateSystem({
    nodes: nodesOf(instance),
    play: ({ job }) => ({ durationS: durationOf(instance, job.id) }),
  })
  system.add(jobsOf(instance, 'given'))
  return system
}
