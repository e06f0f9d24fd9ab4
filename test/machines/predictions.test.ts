import { describe, expect, it } from 'vitest'
import { createLearningEstimator } from '../../src/machines/estimate/learning.ts'
import { Predictions } from '../../src/machines/scheduler/predictions.ts'
import { pendingOf } from './placement/support/situation.ts'

const job = pendingOf({ id: 'a', group: 'g', timeS: 100 }, 0)

function withLearning() {
  const estimator = createLearningEstimator()
  const predictions = new Predictions(estimator)
  const learn = (times: number) => {
    for (let i = 0; i < times; i++) {
      estimator.learn({ group: 'g', timeS: 100 }, 300)
      predictions.learned('g')
    }
  }
  return { predictions, learn }
}

describe('the predictions that passes go by', () => {
  it('follow each of the first jobs that end', () => {
    const { predictions, learn } = withLearning()
    const seconds = [predictions.at(0)(job)]
    for (let ended = 1; ended <= 5; ended++) {
      learn(1)
      seconds.push(predictions.at(0)(job))
    }
    expect(seconds).toEqual([...new Set(seconds)].sort((a, b) => a - b))
  })

  it('are the same function, with the same answers, until a thirty-second part more has been learned', () => {
    const { predictions, learn } = withLearning()
    learn(320)
    const early = predictions.at(0)
    const seconds = early(job)
    learn(10)
    expect(predictions.at(0)).toBe(early)
    expect(early(job)).toBe(seconds)
    learn(1)
    expect(predictions.at(0)).not.toBe(early)
    expect(predictions.at(0)(job)).toBeGreaterThan(seconds)
  })

  it('are made anew when a sixty-fourth part of the time since the first has passed', () => {
    const { predictions } = withLearning()
    predictions.at(1_000_000)
    const first = predictions.at(1_640_000)
    expect(predictions.at(1_650_000)).toBe(first)
    expect(predictions.latest(9_000_000)).toBe(first)
    expect(predictions.at(1_651_000)).not.toBe(first)
  })
})
