import { describe, expect, it } from 'vitest'
import type { Dataset, Feature } from '../../examples/tabular/datasets.ts'
import { encode } from '../../examples/tabular/encode.ts'

const datasetOf = (feature: Feature): Dataset => ({
  name: 'one column',
  classes: ['a'],
  labels: feature.values.map(() => 0),
  features: [feature],
})
const numeric = (values: (number | null)[]) => datasetOf({ kind: 'numeric', name: 'x', values })
const category = (values: (string | null)[]) => datasetOf({ kind: 'category', name: 'x', values })

describe('encoding of a fold', () => {
  it('standardises with the mean and deviation of the training rows alone', () => {
    const { train, test } = encode(numeric([2, 4, 1000]), { train: [0, 1], test: [2] })
    expect(train).toEqual([[-1], [1]])
    expect(test).toEqual([[997]])
  })

  it('does not change what is learned when the test rows change', () => {
    const split = { train: [0, 1, 2, 3], test: [4] }
    const learned = (last: number | null) => encode(numeric([1, null, 3, 8, last]), split).train
    expect(learned(7)).toEqual(learned(null))
    expect(learned(7)).toEqual(learned(-1e9))
  })

  it('puts the training median for a missing number and marks it', () => {
    const { train, test } = encode(numeric([1, 2, 6, null, null]), { train: [0, 1, 2, 3], test: [4] })
    expect(train[3]).toEqual([train[1]?.[0], 1])
    expect(test).toEqual([[train[1]?.[0], 1]])
    expect(train[0]?.[1]).toBe(0)
  })

  it('turns a category into a column for each of its training values', () => {
    const data = encode(category(['b', 'a', null, 'a', 'unseen']), { train: [0, 1, 2], test: [3, 4] })
    expect(data.train).toEqual([
      [0, 1],
      [1, 0],
      [0, 0],
    ])
    expect(data.test).toEqual([
      [1, 0],
      [0, 0],
    ])
  })

  it('keeps a column that never varies at 0 instead of dividing by its deviation', () => {
    expect(encode(numeric([5, 5, 5]), { train: [0, 1], test: [2] }).test).toEqual([[0]])
  })
})
