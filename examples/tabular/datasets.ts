import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { type Definition, definitions, type Row } from './definitions.ts'
import { shuffled } from './folds.ts'

/** A column: numbers or categories, `null` where the value is missing. */
export type Feature =
  | { readonly kind: 'numeric'; readonly name: string; readonly values: readonly (number | null)[] }
  | { readonly kind: 'category'; readonly name: string; readonly values: readonly (string | null)[] }

/** A classification problem: the row `i` has the class `classes[labels[i]]`. */
export interface Dataset {
  readonly name: string
  readonly features: readonly Feature[]
  readonly classes: readonly string[]
  readonly labels: readonly number[]
}

/** Names of the data sets, smallest first. */
export const datasetNames: readonly string[] = definitions.map(definition => definition.name)

const dataFolder = new URL('data/', new URL('../', import.meta.resolve('vega-datasets')))

const loaded = new Map<string, Dataset>()

/** A data set by its name. Read once a process: a worker that runs many folds parses each file once. */
export function loadDataset(name: string): Dataset {
  const dataset = loaded.get(name) ?? read(name)
  loaded.set(name, dataset)
  return dataset
}

function read(name: string): Dataset {
  const definition = definitions.find(one => one.name === name)
  if (!definition) throw new Error(`No data set "${name}": expected one of ${datasetNames.join(', ')}.`)
  return toDataset(definition, sample(definition, labelled(definition, readRows(definition.file))))
}

function readRows(file: string): Row[] {
  const text = readFileSync(new URL(file, dataFolder), 'utf8')
  return file.endsWith('.csv') ? parse(text, { columns: true }) : JSON.parse(text)
}

/** Rows whose class is known and among those that the problem is about. */
function labelled({ target, only }: Definition, rows: Row[]): Row[] {
  return rows.filter(row => isText(row[target]) && (only?.includes(row[target]) ?? true))
}

/** A random part of the rows, the same each time, where a definition says that all would take too long. */
function sample({ rows: count }: Definition, rows: Row[]): Row[] {
  return count === undefined ? rows : shuffled(rows, 1).slice(0, count)
}

function toDataset({ name, target, features }: Definition, rows: Row[]): Dataset {
  const texts = rows.map(row => String(row[target]))
  const classes = [...new Set(texts)].sort()
  return {
    name,
    classes,
    labels: texts.map(text => classes.indexOf(text)),
    features: Object.entries(features).map(([column, { kind, of }]) =>
      kind === 'numeric'
        ? { kind, name: column, values: rows.map(of) }
        : { kind, name: column, values: rows.map(of) },
    ),
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
