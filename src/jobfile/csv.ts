import { Readable } from 'node:stream'
import type { CsvError, Info, Parser } from 'csv-parse'
import { cellReaders, type ReadCell } from './csvCells.ts'
import { BrokenFile, type Entry, type Source } from './entry.ts'
import { readText } from './text.ts'

const BATCH = 500

/** A header of keys, then a job a row. An empty cell leaves its key out. */
export async function* readCsv(source: Source): AsyncGenerator<Entry[]> {
  let columns: readonly ReadCell[] | null = null
  let batch: Entry[] = []
  for await (const { cells, line } of readRows(source)) {
    if (columns === null) columns = readHeader(cells, source)
    else batch.push(entryOf(cells, columns, line, source))
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  yield batch
}

interface Row {
  readonly cells: readonly string[]
  /** Number of the line in which it begins. */
  readonly line: number
}

async function* readRows(source: Source): AsyncGenerator<Row> {
  const { CsvError, parse } = await import('csv-parse')
  const parser = parse({ info: true, relax_column_count: true, skip_empty_lines: true })
  const text = Readable.from(textsOf(source), { objectMode: true, highWaterMark: 1 })
  text.on('error', error => parser.destroy(error))
  text.pipe(parser)
  try {
    yield* rowsOf(parser)
  } catch (error) {
    throw error instanceof CsvError
      ? new BrokenFile(`${source.shown}:${lineOf(error)}`, explain(error))
      : error
  } finally {
    text.destroy()
  }
}

async function* textsOf(source: Source): AsyncGenerator<string> {
  for await (const { text } of readText(source)) yield text
}

async function* rowsOf(parser: Parser): AsyncGenerator<Row> {
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
    const inside = record.reduce((count, cell) => count + lineBreaks(cell), 0)
    yield { cells: record, line: info.lines - inside }
  }
}

function lineBreaks(cell: string): number {
  return cell.includes('\n') ? cell.split('\n').length - 1 : 0
}

/** The parser tells where it stands as a field beside the code. */
function lineOf(error: CsvError): number {
  return 'lines' in error && typeof error.lines === 'number' ? error.lines : 1
}

function explain({ code, message }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED')
    return 'expected CSV: a quote is opened here or before and never closed'
  if (QUOTE_FAULTS.has(code)) {
    return 'expected CSV: a quote in the middle of a cell. Put the whole cell into quotes and double those in it'
  }
  return `expected CSV: ${message}`
}

const QUOTE_FAULTS: ReadonlySet<string> = new Set([
  'INVALID_OPENING_QUOTE',
  'CSV_INVALID_CLOSING_QUOTE',
  'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE',
])

function readHeader(names: readonly string[], { shown }: Source): readonly ReadCell[] {
  const readers = cellReaders(names)
  if (readers.ok) return readers.columns
  throw new BrokenFile(`${shown}:1`, readers.message)
}

function entryOf(
  cells: readonly string[],
  columns: readonly ReadCell[],
  line: number,
  { shown }: Source,
): Entry {
  const where = `${shown}:${line}`
  if (cells.length !== columns.length) {
    const message = `expected ${columns.length} cells as in the header, got ${cells.length}: is a comma in a cell without quotes?`
    return { fault: { where, message } }
  }
  const raw: Record<string, unknown> = {}
  for (const [index, cell] of cells.entries()) {
    const message = cell === '' ? null : columns[index]?.(cell, raw)
    if (message) return { fault: { where, message } }
  }
  return { raw, where: line }
}
