import { dataSchema } from '../schema/schema.ts'
import { show } from '../schema/show.ts'
import { suggest } from '../schema/suggest.ts'

/** Puts a cell that is not empty into a job; returns what is wrong with it, if anything. */
export type ReadCell = (cell: string, job: Record<string, unknown>) => string | null

export type CellReaders =
  | { readonly ok: true; readonly columns: readonly ReadCell[] }
  | { readonly ok: false; readonly message: string }

const KEYS: readonly string[] = dataSchema.keyof().options
const TEXTS = new Set(['id', 'name', 'group', 'command', 'task', 'cwd'])
/** Keys that hold several values: as JSON in one column, or in a column each (`env.SEED`). */
const NESTED = new Set(['args', 'env', 'resources'])

/** How to read each column of a CSV file, by the names in its header. */
export function cellReaders(header: readonly string[]): CellReaders {
  const names = header.map(name => name.trim())
  const message = wrongHeader(names) ?? names.map(wrongName).find(wrong => wrong !== null)
  return message ? { ok: false, message } : { ok: true, columns: names.map(reader) }
}

function wrongHeader(names: readonly string[]): string | null {
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) return `expected each column once, got "${twice}" twice`
  const [only = ''] = names
  const separator = names.length === 1 ? /[;\t|]/.exec(only)?.[0] : undefined
  return separator === undefined
    ? null
    : `expected columns separated by ",", got ${show(separator)} in the header`
}

function wrongName(name: string): string | null {
  const [key = '', inside] = splitName(name)
  if (KEYS.includes(key) && (inside === undefined || (inside !== '' && NESTED.has(key)))) return null
  const near = suggest(name, KEYS)
  return `unknown column "${name}": ${near ? `did you mean "${near}"?` : `the first line names keys of a job: ${KEYS.join(', ')}`}`
}

/** `env.SEED` → `env`, `SEED`. */
function splitName(name: string): [key: string, inside?: string] {
  const dot = name.indexOf('.')
  return dot < 0 ? [name] : [name.slice(0, dot), name.slice(dot + 1)]
}

function reader(name: string): ReadCell {
  const [key, inside] = splitName(name)
  if (inside !== undefined) return nestedReader(key, inside)
  if (NESTED.has(key)) return jsonReader(key)
  return (cell, job) => {
    job[key] = TEXTS.has(key) ? cell : numberOr(cell)
    return null
  }
}

/** The number that a cell holds, else its text: the schema then says what was expected. */
function numberOr(cell: string): number | string {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(cell) ? Number(cell) : cell
}

function nestedReader(key: string, inside: string): ReadCell {
  return (cell, job) => {
    const value = key === 'env' ? cell : key === 'args' ? scalar(cell) : numberOr(cell)
    const others = job[key]
    job[key] = { ...(typeof others === 'object' ? others : null), [inside]: value }
    return null
  }
}

function scalar(cell: string): unknown {
  if (cell === 'true' || cell === 'false') return cell === 'true'
  return numberOr(cell)
}

/** JSON; for `args` also a bare text or number. */
function jsonReader(key: string): ReadCell {
  return (cell, job) => {
    const isBare = key === 'args' && !/^\s*[[{"]/.test(cell)
    const value = isBare ? scalar(cell) : tryJson(cell)
    if (value === undefined) return `expected ${key} to be in JSON, got ${show(cell)}`
    job[key] = value
    return null
  }
}

function tryJson(cell: string): unknown {
  try {
    return JSON.parse(cell)
  } catch {
    return undefined
  }
}
