import { endTimeNow } from '../../src/machines/eta/simulate.ts'
import { policyFor } from '../../src/machines/placement/policies.ts'
import { remainingOf } from '../../src/machines/scheduler/picture.ts'
import { uncertainRestOf } from '../../src/machines/scheduler/rest.ts'
import { instanceOf, type Source } from '../instances/source.ts'
import { ask, type Estimate } from './ask.ts'
import { type Score, scoreOf } from './score.ts'

/** An instance that is to be run. */
export interface Task {
  readonly source: Source
  /** Start two cheap jobs of each group first. */
  readonly probeGroups: boolean
}

/** How right each way to tell the end of an instance was. */
export interface Judged {
  /** Name of the instance. */
  readonly instance: string
  readonly family: string
  /** The number of jobs that its name tells: a window of a trace may hold more than its family's size. */
  readonly size: number
  readonly makespanS: number
  /** By the largest of the lower bounds on what is left. */
  readonly area: Score
  /** By simulating what is left: what Longshore tells. */
  readonly simulated: Score
}

/** The largest of the lower bounds on what is left, each job at its expected duration. */
const area: Estimate = state => ({ told: remainingOf(state).remainingS, interval: null })

/** What Longshore tells: by simulated ends, and their 80 % interval. */
const simulated: Estimate = state => {
  const { rule } = state.ports.policy
  const end = endTimeNow(uncertainRestOf(state), rule && { rule })
  if (end === null) throw new Error('a job of the instance fits on no node')
  return { told: end.expectedS, interval: [end.lowS, end.highS] }
}

/** Runs an instance by the default policy, and asks at twenty moments when it will be over. */
export function judge({ source, probeGroups }: Task): Judged {
  const instance = instanceOf(source)
  const { name, family, jobs } = instance
  const { makespanS, tellings } = ask(instance, [area, simulated], () =>
    policyFor(undefined, { probeGroups }),
  )
  const [byArea = [], bySimulation = []] = tellings
  const size = Number(/-(\d+)-[^-]+$/.exec(name)?.[1] ?? jobs.length)
  return { instance: name, family, size, makespanS, area: scoreOf(byArea), simulated: scoreOf(bySimulation) }
}
