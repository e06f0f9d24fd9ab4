import { describe, expect, it } from 'vitest'
import { loadDataset } from '../../examples/tabular/datasets.ts'
import fit, { FOLDS } from '../../examples/tabular/fit.ts'
import { learners, settingOf } from '../../examples/tabular/learners.ts'
import { planFits } from '../../examples/tabular/plan.ts'
import { toScore } from '../../examples/tabular/scores.ts'
import { baselineOf } from '../../examples/tabular/table.ts'

const context = { log: () => {} }
const everySetting = Object.entries(learners).flatMap(([learner, settings]) =>
  settings.map(({ name }) => ({ learner, setting: name })),
)

describe('a fit', () => {
  it.each(everySetting)(
    'of $learner with $setting tells penguins apart far better than a guess',
    async which => {
      const folds = Array.from({ length: FOLDS }, (_, fold) =>
        fit({ dataset: 'penguins', ...which, fold }, context),
      )
      const accuracies = (await Promise.all(folds)).map(({ accuracy }) => accuracy)
      const mean = accuracies.reduce((sum, accuracy) => sum + accuracy, 0) / FOLDS
      expect(mean).toBeGreaterThan(baselineOf(loadDataset('penguins')) + 0.4)
      expect(Math.max(...accuracies)).toBeLessThanOrEqual(1)
    },
  )

  it.each(Object.keys(learners))('of %s comes to the same accuracy each time', async learner => {
    const setting = learners[learner]?.[0]?.name ?? ''
    const again = () => fit({ dataset: 'countries', learner, setting, fold: 2 }, context)
    expect((await again()).accuracy).toBe((await again()).accuracy)
  })

  it('hands back a score that says which fit it was', async () => {
    const which = { dataset: 'penguins', learner: 'decision tree', setting: 'depth 3', fold: 4 }
    const score = await fit(which, context)
    expect(toScore(structuredClone(score))).toMatchObject(which)
  })

  it('refuses a setting that there is not', () => {
    expect(() => settingOf('decision tree', 'depth 99')).toThrow(
      'No setting "depth 99" of a learner "decision tree".',
    )
  })
})

describe('the plan', () => {
  it('has every setting of every learner on every fold of every data set, once', () => {
    const fits = planFits()
    expect(fits).toHaveLength(7 * everySetting.length * FOLDS)
    expect(new Set(fits.map(({ fit }) => JSON.stringify(fit))).size).toBe(fits.length)
  })

  it('estimates more time for more rows and for more trees', () => {
    const timeOf = (dataset: string, setting: string) =>
      planFits([dataset]).find(({ fit }) => fit.learner === 'random forest' && fit.setting === setting)
        ?.timeS ?? 0
    expect(timeOf('weather', '4 trees')).toBeGreaterThan(timeOf('penguins', '4 trees'))
    expect(timeOf('weather', '16 trees')).toBeGreaterThan(timeOf('weather', '8 trees'))
    expect(timeOf('penguins', '4 trees')).toBeGreaterThan(0)
  })
})
