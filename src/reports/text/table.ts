import { padEnd, padStart, shorten, widthOf } from './width.ts'

export interface TableOptions {
  /**
   * Of each column; `flexible` for the one column that is shortened until all fits;
   * where the others alone are too wide, it is 1 wide and the row is wider than it should be.
   */
  readonly columns: readonly ('left' | 'right' | 'flexible')[]
  /** Columns of the terminal that a row may take. */
  readonly width: number
  /** True where the flexible column also takes what is left over. */
  readonly fill?: boolean
}

/** Blanks between columns. */
export const GAP = 2

/** The cells of each row, cut and padded so that columns stand under each other; the last one is not padded behind. */
export function alignRows(rows: readonly (readonly string[])[], options: TableOptions): string[][] {
  const widths = columnWidths(rows, options)
  const last = widths.length - 1
  return rows.map(row =>
    options.columns.map((kind, index) => {
      const width = widths[index] ?? 0
      const cell = shorten(row[index] ?? '', width)
      if (kind === 'right') return padStart(cell, width)
      return index === last ? cell : padEnd(cell, width)
    }),
  )
}

/** Rows as lines of text. */
export function tableLines(rows: readonly (readonly string[])[], options: TableOptions): string[] {
  return alignRows(rows, options).map(cells => cells.join(' '.repeat(GAP)))
}

function columnWidths(rows: readonly (readonly string[])[], options: TableOptions): number[] {
  const natural = options.columns.map((_, index) => widest(rows, index, options.width))
  const fixed = natural.reduce((sum, width, index) => sum + (isFlexible(options, index) ? 0 : width), 0)
  const room = Math.max(1, options.width - fixed - GAP * (options.columns.length - 1))
  return natural.map((width, index) => {
    if (!isFlexible(options, index)) return width
    return options.fill ? room : Math.min(width, room)
  })
}

function widest(rows: readonly (readonly string[])[], index: number, limit: number): number {
  return rows.reduce((most, row) => Math.max(most, widthOf(shorten(row[index] ?? '', limit))), 0)
}

function isFlexible({ columns }: TableOptions, index: number): boolean {
  return columns[index] === 'flexible'
}
