import { datasetNames, loadDataset } from './datasets.ts'
import { encode } from './encode.ts'
import { type Fit, FOLDS } from './fit.ts'
import { learners, type Shape } from './learners.ts'

/** A fit and a rough guess of its seconds. */
export interface PlannedFit {
  readonly fit: Fit
  readonly timeS: number
}

/** Loading and encoding the data, for which no formula is worth it. */
const OVERHEAD_S = 0.02

/** Every setting of every learner on every fold of the named data sets. */
export function planFits(names: readonly string[] = datasetNames): PlannedFit[] {
  return names.flatMap(dataset => {
    const shape = shapeOf(dataset)
    return Object.entries(learners).flatMap(([learner, settings]) =>
      settings.flatMap(setting =>
        Array.from({ length: FOLDS }, (_, fold) => ({
          fit: { dataset, learner, setting: setting.name, fold },
          timeS: OVERHEAD_S + setting.estimateS(shape),
        })),
      ),
    )
  })
}

function shapeOf(name: string): Shape {
  const dataset = loadDataset(name)
  const all = [...dataset.labels.keys()]
  const columns = encode(dataset, { train: all, test: [] }).train[0]?.length ?? 0
  return { rows: all.length * (1 - 1 / FOLDS), columns, classes: dataset.classes.length }
}
