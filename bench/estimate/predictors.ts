import type { Job } from '../../src/job.ts'
import { quantileS } from '../../src/machines/estimate/distribution.ts'
import type { Estimator } from '../../src/machines/estimate/estimator.ts'
import { createLearningEstimator } from '../../src/machines/estimate/learning.ts'

/** Says how long jobs take, and hears how long those took that have ended. */
export interface Predictor {
  seconds(job: Job): number
  /** Ends of the interval that is to hold the truth in 80 % of the cases; `null` where there is none. */
  interval(job: Job): readonly [number, number] | null
  ended(job: Job, durationS: number): void
}

/** What the user said, and nothing else. */
export function asGiven(): Predictor {
  return { seconds: ({ timeS }) => timeS ?? 0, interval: () => null, ended: () => {} }
}

/** The estimate times its group's sum of durations over sum of estimates, as the replaced system has it. */
export function byRatio(): Predictor {
  const sums = new Map<string, { durationS: number; estimateS: number }>()
  return {
    seconds({ group, timeS }) {
      const of = sums.get(group)
      return (timeS ?? 0) * (of ? of.durationS / of.estimateS : 1)
    },
    interval: () => null,
    ended({ group, timeS }, durationS) {
      const of = sums.get(group) ?? { durationS: 0, estimateS: 0 }
      sums.set(group, { durationS: of.durationS + durationS, estimateS: of.estimateS + (timeS ?? 0) })
    },
  }
}

/** The estimator of this project, if it heard of nothing but jobs that have ended. */
export function byEnded(jobs: readonly Job[]): Predictor {
  const estimator = createLearningEstimator()
  for (const job of jobs) estimator.expect(job)
  return { ...believing(estimator), ended: (job, durationS) => estimator.learn(job, durationS) }
}

/** An estimator that somebody else tells of what happens. */
export function believing(estimator: Estimator): Predictor {
  return {
    seconds: job => estimator.predict(job).seconds,
    interval(job) {
      const believed = estimator.distribution(job)
      return [quantileS(believed, 0.1), quantileS(believed, 0.9)]
    },
    ended: () => {},
  }
}
