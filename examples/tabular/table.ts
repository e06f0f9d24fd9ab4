import type { Dataset } from './datasets.ts'
import { bestSetting, type Score } from './scores.ts'

const FIRST = 9
const BASELINE = 5
const CELL = 11

/**
 * A line a data set, a column a learner: mean ± standard deviation over the folds of the accuracy in % of the learner's
 * best setting, the best of the line marked. 80 columns wide with six learners.
 */
export function renderTable(
  datasets: readonly Dataset[],
  learners: readonly string[],
  scores: readonly Score[],
): string {
  const rows = datasets.map(dataset => renderRow(dataset, learners, scores))
  return [...renderHeader(learners), '-'.repeat(FIRST + BASELINE + CELL * learners.length), ...rows].join(
    '\n',
  )
}

/** Share of the most frequent class: what a guess without learning comes to. */
export function baselineOf({ classes, labels }: Dataset): number {
  const counts = classes.map((_, index) => labels.filter(label => label === index).length)
  return Math.max(...counts) / labels.length
}

function renderRow(dataset: Dataset, learners: readonly string[], scores: readonly Score[]): string {
  const ofDataset = scores.filter(score => score.dataset === dataset.name)
  const best = learners.map(learner => bestSetting(ofDataset.filter(score => score.learner === learner)))
  const top = percent(Math.max(...best.map(summary => summary?.mean ?? 0)))
  const cells = best.map(summary =>
    summary
      ? `${percent(summary.mean)}±${percent(summary.deviation)}${percent(summary.mean) === top ? '*' : ' '}`
      : '- ',
  )
  return line(dataset.name, percent(baselineOf(dataset)), cells)
}

/** Names of two words stand on two lines. */
function renderHeader(learners: readonly string[]): string[] {
  const words = learners.map(learner => learner.split(' '))
  return [
    line(
      '',
      'base',
      words.map(([first = '']) => `${first} `),
    ),
    line(
      'data set',
      'line',
      words.map(([, ...rest]) => `${rest.join(' ')} `),
    ),
  ]
}

function line(first: string, baseline: string, cells: readonly string[]): string {
  return first.padEnd(FIRST) + baseline.padStart(BASELINE) + cells.map(cell => cell.padStart(CELL)).join('')
}

function percent(share: number): string {
  return (100 * share).toFixed(1)
}
