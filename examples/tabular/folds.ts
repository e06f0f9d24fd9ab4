import { MersenneTwister19937, Random } from 'random-js'

/** Rows to learn from and rows to be tested on, as positions. */
export interface Split {
  readonly train: readonly number[]
  readonly test: readonly number[]
}

/** A copy in random order: the same order for the same seed. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  return new Random(MersenneTwister19937.seed(seed)).shuffle([...items])
}

/**
 * The fold of each row, 0 to `count` - 1. Stratified: the folds' numbers of rows of a class differ by 1 at most, and
 * so do their sizes, because the dealing goes on from class to class.
 */
export function assignFolds(labels: readonly number[], count: number, seed: number): number[] {
  const byClass = shuffled([...labels.keys()], seed).sort((a, b) => (labels[a] ?? 0) - (labels[b] ?? 0))
  const folds = new Array<number>(labels.length).fill(0)
  byClass.forEach((row, position) => {
    folds[row] = position % count
  })
  return folds
}

/** Training and test rows of one fold. */
export function splitOf(folds: readonly number[], fold: number): Split {
  const rows = [...folds.keys()]
  return { train: rows.filter(row => folds[row] !== fold), test: rows.filter(row => folds[row] === fold) }
}
