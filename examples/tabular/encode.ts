import type { Dataset, Feature } from './datasets.ts'
import type { Split } from './folds.ts'

type Column = readonly number[]

/** Numbers for a learner: a row an example. */
export interface Encoded {
  readonly train: number[][]
  readonly test: number[][]
}

/**
 * Turns columns into numbers with what the training rows alone tell, so that nothing leaks from the test rows: numbers
 * are standardised, a missing one becomes the training median plus a mark in a column of its own; categories
 * become a column each, "missing" and what training has never shown being none of them.
 */
export function encode({ features }: Dataset, { train, test }: Split): Encoded {
  const columns = features.flatMap(feature => columnsOf(feature, train))
  const pick = (rows: readonly number[]) => rows.map(row => columns.map(column => column[row] ?? 0))
  return { train: pick(train), test: pick(test) }
}

function columnsOf(feature: Feature, train: readonly number[]): Column[] {
  return feature.kind === 'numeric' ? numericColumns(feature.values, train) : oneHot(feature.values, train)
}

function numericColumns(values: readonly (number | null)[], train: readonly number[]): Column[] {
  const known = train.map(row => values[row] ?? null).filter(value => value !== null)
  const middle = median(known)
  const filled = standardise(
    values.map(value => value ?? middle),
    train,
  )
  return known.length > 0.95 * train.length
    ? [filled]
    : [filled, values.map(value => (value === null ? 1 : 0))]
}

function oneHot(values: readonly (string | null)[], train: readonly number[]): Column[] {
  const levels = [...new Set(train.map(row => values[row] ?? null))].filter(level => level !== null).sort()
  return levels.map(level => values.map(value => (value === level ? 1 : 0)))
}

function standardise(values: Column, train: readonly number[]): Column {
  const seen = train.map(row => values[row] ?? 0)
  const mean = average(seen)
  const deviation = Math.sqrt(average(seen.map(value => (value - mean) ** 2))) || 1
  return values.map(value => (value - mean) / deviation)
}

function average(values: Column): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

function median(values: Column): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2
}
