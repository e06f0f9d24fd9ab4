import type { Job } from '../../src/job.ts'
import { createLearningEstimator } from '../../src/machines/estimate/learning.ts'
import { simulateSystem } from '../../src/testing/index.ts'
import { durationOf, type Instance, jobsOf, nodesOf } from '../instances/instance.ts'
import { asGiven, believing, byEnded, byRatio, type Predictor } from './predictors.ts'

/** How right the predictions of the waiting jobs were at one moment. */
export interface Score {
  /** Mean of |ln(predicted / truth)|: 0.4 is a factor of 1.5. */
  readonly error: number
  /** Mean of ln(predicted / truth): below 0 where jobs are taken for shorter than they are. */
  readonly bias: number
  /** Share of the 80 % intervals that held the truth; `null` where there are none. */
  readonly coverage80: number | null
}

/** Shares of the jobs that have ended, at which the predictions of the waiting ones are judged. */
export const SHARES = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8]

/** Runs an instance once, with the estimates that were given, and judges each predictor at each of these moments. */
export function ask(instance: Instance): Map<string, Score[]> {
  const estimator = createLearningEstimator()
  const jobs = new Map(jobsOf(instance, 'given').map(job => [job.id, job]))
  const predictors = new Map<string, Predictor>([
    ['as given', asGiven()],
    ['ratio of sums', byRatio()],
    ['learned, ended jobs', byEnded([...jobs.values()])],
    ['learned', believing(estimator)],
  ])
  const scores = new Map([...predictors.keys()].map(name => [name, [] as Score[]]))
  const truthOf = ({ id }: Job) => durationOf(instance, id)
  const system = simulateSystem({
    nodes: nodesOf(instance),
    play: ({ job }) => ({ durationS: truthOf(job) }),
    estimator,
  })
  let judged = 0
  let heard = 0
  system.add(jobs.values())
  system.runAll(({ outcomes, state, clock }) => {
    for (const { id } of outcomes.slice(heard))
      for (const predictor of predictors.values()) tell(predictor, jobs.get(id), durationOf(instance, id))
    heard = outcomes.length
    if (heard < (SHARES[judged] ?? Number.POSITIVE_INFINITY) * jobs.size) return
    judged += 1
    const waiting = [...state().jobs.values()].flatMap(record =>
      record.at === 'queue' ? [record.pending.job] : [],
    )
    if (waiting.length === 0) return
    estimator.at(clock.now())
    for (const [name, predictor] of predictors) scores.get(name)?.push(scoreOf(predictor, waiting, truthOf))
  })
  return scores
}

function tell(predictor: Predictor, job: Job | undefined, durationS: number): void {
  if (job) predictor.ended(job, durationS)
}

function scoreOf(predictor: Predictor, jobs: readonly Job[], truthOf: (job: Job) => number): Score {
  const logs = jobs.map(job => Math.log(predictor.seconds(job) / truthOf(job)))
  const held = jobs.flatMap(job => {
    const interval = predictor.interval(job)
    return interval ? [Number(interval[0] <= truthOf(job) && truthOf(job) <= interval[1])] : []
  })
  return {
    error: mean(logs.map(Math.abs)),
    bias: mean(logs),
    coverage80: held.length > 0 ? mean(held) : null,
  }
}

/** The arithmetic mean. */
export function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
