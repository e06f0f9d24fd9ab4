import { createLearningEstimator } from '../../src/machines/estimate/learning.ts'
import { buildJob } from '../../src/testing/index.ts'

/** CPU time of a job's life in the estimator, and of a prediction, in µs. */
export interface Cost {
  readonly jobs: number
  readonly running: number
  readonly perJobUs: number
  readonly perPredictionUs: number
}

const PREDICTIONS = 200_000

/** So many jobs of 50 groups are started, looked at and ended, so many of them side by side. */
export function costOf(jobs: number, running: number): Cost {
  const estimator = createLearningEstimator()
  const some = Array.from({ length: 1000 }, (_, i) =>
    buildJob({ id: `j${i}`, group: `g${i % 50}`, timeS: 1 + (i % 97) }),
  )
  const nth = (i: number) => some[i % some.length] ?? buildJob({ id: 'none' })
  for (const job of some) estimator.expect(job)
  const life = cpuUs(() => {
    for (let i = 0; i < jobs; i++) {
      const now = (i / running) * 50_000
      const job = nth(i)
      estimator.started({ ...job, id: `${i}` }, now)
      if (i < running) continue
      estimator.stopped(`${i - running}`)
      estimator.learn(nth(i - running), 50)
      estimator.at(now)
    }
  })
  const predictions = cpuUs(() => {
    for (let i = 0; i < PREDICTIONS; i++) estimator.predict(nth(i))
  })
  return { jobs, running, perJobUs: life / jobs, perPredictionUs: predictions / PREDICTIONS }
}

function cpuUs(what: () => void): number {
  const before = process.cpuUsage()
  what()
  const { user, system } = process.cpuUsage(before)
  return user + system
}
