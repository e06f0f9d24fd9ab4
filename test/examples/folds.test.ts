import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignFolds, shuffled, splitOf } from '../../examples/tabular/folds.ts'

const problem = fc.record({
  labels: fc.array(fc.nat({ max: 5 }), { minLength: 10, maxLength: 200 }),
  count: fc.integer({ min: 2, max: 10 }),
  seed: fc.nat(),
})

const spread = (sizes: number[]) => Math.max(...sizes) - Math.min(...sizes)
const sizesOf = (folds: number[], count: number) =>
  Array.from({ length: count }, (_, fold) => folds.filter(one => one === fold).length)

describe('folds', () => {
  it('test each row exactly once and never learn from it then', () => {
    fc.assert(
      fc.property(problem, ({ labels, count, seed }) => {
        const folds = assignFolds(labels, count, seed)
        const splits = Array.from({ length: count }, (_, fold) => splitOf(folds, fold))
        expect(splits.flatMap(({ test }) => test).sort((a, b) => a - b)).toEqual([...labels.keys()])
        for (const { train, test } of splits)
          expect([...train, ...test].sort((a, b) => a - b)).toEqual([...labels.keys()])
      }),
    )
  })

  it('share out each class, and all rows, to within one', () => {
    fc.assert(
      fc.property(problem, ({ labels, count, seed }) => {
        const folds = assignFolds(labels, count, seed)
        expect(spread(sizesOf(folds, count))).toBeLessThanOrEqual(1)
        for (const label of new Set(labels)) {
          const ofClass = folds.filter((_, row) => labels[row] === label)
          expect(spread(sizesOf(ofClass, count))).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('are the same for the same seed and others for another', () => {
    const labels = Array.from({ length: 100 }, (_, row) => row % 3)
    expect(assignFolds(labels, 5, 1)).toEqual(assignFolds(labels, 5, 1))
    expect(assignFolds(labels, 5, 1)).not.toEqual(assignFolds(labels, 5, 2))
  })

  it('shuffle keeps every item and leaves the list alone', () => {
    const items = Array.from({ length: 50 }, (_, item) => item)
    const order = shuffled(items, 1)
    expect(order).not.toEqual(items)
    expect(order.toSorted((a, b) => a - b)).toEqual(items)
  })
})
