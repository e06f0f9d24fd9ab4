import { describe, expect, it } from 'vitest'
import { datasetNames, loadDataset } from '../../examples/tabular/datasets.ts'
import { baselineOf } from '../../examples/tabular/table.ts'

describe('data sets of the tabular example', () => {
  it.each([
    { name: 'countries', rows: 187, features: 3, classes: 6, baseline: 0.267 },
    { name: 'penguins', rows: 344, features: 5, classes: 3, baseline: 0.442 },
    { name: 'cars', rows: 406, features: 7, classes: 3, baseline: 0.626 },
    { name: 'films', rows: 500, features: 7, classes: 7, baseline: 0.306 },
    { name: 'strikes', rows: 450, features: 5, classes: 3, baseline: 0.462 },
    { name: 'airports', rows: 1267, features: 2, classes: 9, baseline: 0.208 },
    { name: 'weather', rows: 1200, features: 6, classes: 5, baseline: 0.443 },
  ])('$name has $rows rows, $features features and $classes classes', expected => {
    const dataset = loadDataset(expected.name)
    expect(dataset.labels).toHaveLength(expected.rows)
    expect(dataset.features).toHaveLength(expected.features)
    expect(dataset.classes).toHaveLength(expected.classes)
    expect(baselineOf(dataset)).toBeCloseTo(expected.baseline, 3)
  })

  it.each(datasetNames)(
    '%s has a value of the right kind, or null, in every cell, and no column without values',
    name => {
      const { features, labels } = loadDataset(name)
      for (const { kind, values } of features) {
        const known = values.filter(value => value !== null)
        expect(values).toHaveLength(labels.length)
        expect(new Set(known).size).toBeGreaterThan(1)
        expect(known.every(value => (kind === 'numeric' ? Number.isFinite(value) : value !== ''))).toBe(true)
      }
    },
  )

  it('takes what is not known as missing', () => {
    const missing = (dataset: string, column: string) =>
      loadDataset(dataset)
        .features.find(({ name }) => name === column)
        ?.values.filter(value => value === null).length
    expect(missing('penguins', 'beakLength')).toBe(2)
    expect(missing('penguins', 'sex')).toBe(11)
    expect(missing('cars', 'horsepower')).toBe(6)
    expect(missing('films', 'minutes')).toBeGreaterThan(200)
  })

  it('names the data sets there are when asked for another', () => {
    expect(() => loadDataset('tulips')).toThrow('No data set "tulips": expected one of countries, penguins')
  })
})
