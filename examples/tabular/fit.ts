import type { JobContext } from '../../src/index.ts'
import { type Dataset, loadDataset } from './datasets.ts'
import { encode } from './encode.ts'
import { assignFolds, splitOf } from './folds.ts'
import { settingOf } from './learners.ts'
import type { Score } from './scores.ts'

/** How many parts the rows are dealt into; each is once the test. */
export const FOLDS = 5
/** The folds are the same for every learner and in every run. */
const SEED = 7

/** One fit: what a job of this example does. */
export interface Fit {
  readonly dataset: string
  readonly learner: string
  readonly setting: string
  /** 0 to 4. */
  readonly fold: number
}

/** Learns on all folds but one and says how often the prediction is right on that one. Runs in a worker process. */
export default async function fit(args: Fit, context: Pick<JobContext, 'log'>): Promise<Score> {
  const dataset = loadDataset(args.dataset)
  const split = splitOf(assignFolds(dataset.labels, FOLDS, SEED), args.fold)
  const setting = settingOf(args.learner, args.setting)
  const start = performance.now()
  const predicted = await setting.predict(encode(dataset, split), labelsOf(dataset, split.train))
  const seconds = (performance.now() - start) / 1000
  const accuracy = shareEqual(predicted, labelsOf(dataset, split.test))
  context.log(
    `${split.train.length} rows learned, ${split.test.length} predicted, accuracy ${accuracy.toFixed(3)}`,
  )
  return { ...args, accuracy, seconds }
}

function labelsOf({ labels }: Dataset, rows: readonly number[]): number[] {
  return rows.map(row => labels[row] ?? 0)
}

function shareEqual(predicted: readonly number[], actual: readonly number[]): number {
  return predicted.filter((label, row) => label === actual[row]).length / actual.length
}
