import fc from 'fast-check'
import type { Job } from '../../../src/job.ts'
import type { Play, Script } from '../../../src/simulator/executor.ts'
import { buildJob, buildNode } from '../../../src/testing/builders.ts'

/** The nodes of every run: what one job can ask for fits on the first when it is empty. */
export const NODES = [
  buildNode({ name: 'big', threads: 4, ramGb: 8, gpus: 2, gpuRamGb: 8, resources: { licence: 2 } }),
  buildNode({ name: 'small', threads: 2, ramGb: 4 }),
]

/** How an attempt goes if nobody interferes. */
export interface AttemptPlan {
  /** Never ends in .5, as time limits do: so never both are due at once. */
  readonly durationS: number
  readonly startS: number
  readonly goesWell: boolean
  readonly failsToStart: boolean
  readonly endsOnTerm: boolean
}

/** A job, and how each of its attempts goes. */
export interface JobPlan {
  readonly job: Omit<Job, 'id' | 'name'>
  /** The last one holds for further attempts. */
  readonly attempts: readonly AttemptPlan[]
}

const attemptPlan: fc.Arbitrary<AttemptPlan> = fc.record({
  durationS: fc
    .tuple(fc.nat(20), fc.constantFrom(0, 0, 0.1, 0.07, 1 / 3))
    .map(([whole, rest]) => whole + rest),
  startS: fc.constantFrom(0, 0, 1, 0.1),
  goesWell: fc.boolean(),
  failsToStart: fc.integer({ min: 0, max: 7 }).map(n => n === 7),
  endsOnTerm: fc.boolean(),
})

const request = fc.record({
  threads: fc.constantFrom(0.5, 1, 1, 2, 3, 4),
  ramGb: fc.constantFrom(0, 0.1, 1, 4, 8),
  gpus: fc.constantFrom(0, 0, 0, 1, 2),
  gpuShare: fc.constantFrom(1 / 3, 0.5, 1),
  gpuRamGb: fc.constantFrom(0, 2.5, 5),
  physicalCores: fc.constantFrom(0, 0, 0, 1, 2, 3),
  resources: fc.constantFrom<Record<string, number>[]>({}, {}, {}, { licence: 1 }, { licence: 2 }),
})

export const jobPlan: fc.Arbitrary<JobPlan> = fc.record({
  job: fc
    .record({
      request,
      group: fc.constantFrom('a', 'b'),
      timeS: fc.option(fc.integer({ min: 1, max: 20 })),
      priority: fc.constantFrom(0, 0, 0, 1),
      retries: fc.nat(2),
      timeoutS: fc.option(fc.nat(15).map(n => n + 0.5)),
    })
    .map(({ request: { gpus, ...rest }, ...job }) => {
      const {
        id: _,
        name: __,
        ...built
      } = buildJob({
        id: '',
        ...job,
        ...(gpus > 0 ? { gpus, ...rest } : { ...rest, gpuShare: 1, gpuRamGb: 0 }),
      })
      return built
    }),
  attempts: fc.array(attemptPlan, { minLength: 1, maxLength: 3 }),
})

export function attemptOf({ attempts }: JobPlan, attempt: number): AttemptPlan {
  const plan = attempts[attempt - 1] ?? attempts.at(-1)
  if (!plan) throw new Error('A plan has at least one attempt')
  return plan
}

/** What the executors play: each attempt as planned. */
export function playOf(plans: ReadonlyMap<string, JobPlan>): Play {
  return ({ job, placement }) => {
    const plan = plans.get(job.id)
    if (!plan) throw new Error(`${job.id} was started, but never added`)
    const { durationS, startS, goesWell, failsToStart, endsOnTerm } = attemptOf(plan, placement.attempt)
    const script: Script = { durationS, startS, failsToStart, endsOnTerm }
    return goesWell && !failsToStart ? script : { ...script, ending: FAILURE }
  }
}

export const FAILURE = {
  ok: false,
  exitCode: 1,
  failure: { reason: 'exit', message: 'exit code 1' },
} as const
