import type { Outcome } from '../../src/job.ts'
import type { Policy } from '../../src/machines/placement/policy.ts'
import { balancedReserve } from '../../src/machines/placement/rulePolicy.ts'
import { type SchedulerState, unfinished } from '../../src/machines/scheduler/state.ts'
import { type SimulatedSystem, simulateSystem } from '../../src/testing/index.ts'
import { durationOf, type Instance, jobsOf, nodesOf } from '../instances/instance.ts'
import type { Telling } from './score.ts'

/** What is told of the rest of a run: remaining seconds, and the ends of the 80 % interval where there is one. */
export type Estimate = (state: SchedulerState) => Pick<Telling, 'told' | 'interval'>

/** What came of a run, and what was told in it by each estimate. */
export interface Asked {
  readonly makespanS: number
  readonly tellings: readonly (readonly Telling[])[]
}

/** Twenty moments between 2 % and 95 % of a run. */
const MOMENTS = Array.from({ length: 20 }, (_, i) => 0.02 + (i / 19) * 0.93)

/**
 * Runs an instance twice on the real system under the simulated clock, with the estimates that were given: once without
 * any search, to know about how long it takes, once to ask each estimate at twenty moments. The second run may take a
 * little longer or shorter than the first: it is its own truth, and moments after its end are left out.
 */
export function ask(instance: Instance, estimates: readonly Estimate[], policy: () => Policy): Asked {
  const aboutS = systemOf(instance, balancedReserve()).runAll()
  const system = systemOf(instance, policy())
  system.start()
  const asked = MOMENTS.map(moment => {
    system.clock.advance(moment * aboutS * 1000 - system.clock.now())
    const state = system.state()
    const told = unfinished(state) > 0 ? estimates.map(estimate => estimate(state)) : []
    return { atS: system.clock.now() / 1000, told }
  })
  system.clock.runAll()
  const endS = Math.max(...system.outcomes.map(endOf)) / 1000
  const tellings = estimates.map((_, i) =>
    asked.flatMap(({ atS, told }) => (told[i] ? [{ ...told[i], truth: endS - atS }] : [])),
  )
  return { makespanS: endS, tellings }
}

/** When a job ended, in simulated ms. */
function endOf({ startedAt, durationS }: Outcome): number {
  return (startedAt ?? 0) + durationS * 1000
}

function systemOf(instance: Instance, policy: Policy): SimulatedSystem {
  const system = simulateSystem({
    policy,
    nodes: nodesOf(instance),
    play: ({ job }) => ({ durationS: durationOf(instance, job.id) }),
  })
  system.add(jobsOf(instance, 'given'))
  return system
}
