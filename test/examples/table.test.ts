import { describe, expect, it } from 'vitest'
import type { Dataset } from '../../examples/tabular/datasets.ts'
import { bestSetting, type Score, toCsv, toScore } from '../../examples/tabular/scores.ts'
import { renderTable } from '../../examples/tabular/table.ts'

const dataset: Dataset = { name: 'coins', classes: ['head', 'tail'], labels: [0, 1, 0, 0], features: [] }
const score = (learner: string, setting: string, fold: number, accuracy: number): Score => ({
  dataset: 'coins',
  learner,
  setting,
  fold,
  accuracy,
  seconds: 0.25,
})
const scores = [
  score('decision tree', 'depth 3', 0, 0.5),
  score('decision tree', 'depth 3', 1, 0.7),
  score('decision tree', 'depth 6', 0, 0.8),
  score('decision tree', 'depth 6', 1, 0.9),
  score('naive Bayes', 'blur 1', 0, 0.75),
  score('naive Bayes', 'blur 1', 1, 0.75),
]

describe('the table of results', () => {
  it('shows mean and deviation of each best setting, the baseline, and marks the best of the line', () => {
    expect(renderTable([dataset], ['naive Bayes', 'decision tree'], scores)).toBe(
      [
        '          base     naive   decision ',
        'data set  line     Bayes       tree ',
        '------------------------------------',
        'coins     75.0  75.0±0.0   85.0±7.1*',
      ].join('\n'),
    )
  })

  it('leaves a dash where no fit has succeeded', () => {
    const table = renderTable([dataset], ['naive Bayes', 'random forest'], scores)
    expect(table.split('\n').at(-1)).toBe('coins     75.0  75.0±0.0*         - ')
  })

  it('marks all that share the best figure', () => {
    const tied = [score('naive Bayes', 's', 0, 0.9), score('decision tree', 's', 0, 0.9001)]
    const last = renderTable([dataset], ['naive Bayes', 'decision tree'], tied).split('\n').at(-1)
    expect(last).toBe('coins     75.0  90.0±0.0*  90.0±0.0*')
  })

  it('fits 80 columns with six learners, a perfect score included', () => {
    const learners = Array.from({ length: 6 }, (_, column) => `learner ${column}`)
    const perfect = learners.map(learner => score(learner, 's', 0, 1))
    const lines = renderTable([dataset], learners, perfect).split('\n')
    expect(lines.map(line => line.length)).toEqual([80, 80, 80, 80])
    expect(lines.at(-1)).toContain('100.0±0.0*')
  })
})

describe('scores', () => {
  it('take the setting with the best mean, not the one with the best fold', () => {
    const lucky = [score('knn', 'k 1', 0, 1), score('knn', 'k 1', 1, 0.2), score('knn', 'k 5', 0, 0.7)]
    expect(bestSetting(lucky)).toMatchObject({ setting: 'k 5', mean: 0.7, deviation: 0 })
    expect(bestSetting([])).toBeNull()
  })

  it('are written as a line of CSV each', () => {
    expect(toCsv(scores.slice(0, 1))).toBe(
      'data set,learner,setting,fold,accuracy,seconds\ncoins,decision tree,depth 3,0,0.5000,0.250\n',
    )
  })

  it('are refused where a value is none', () => {
    expect(() => toScore({ accuracy: 'high' })).toThrow()
  })
})
