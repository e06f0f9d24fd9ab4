import type { Paint } from '../text/paint.ts'
import { foldWords, padEnd, widthOf } from '../text/width.ts'

/** What a plain report is drawn with. */
export interface Sheet {
  /** Columns that rules and tables take at most. */
  readonly width: number
  /** Columns after which a terminal folds a line; Infinity where nothing is folded. */
  readonly foldAt: number
  readonly paint: Paint
}

const INDENT = '  '
const LABEL_WIDTH = 11

/**
 * A line across the sheet with the report's title and, at its right end, a note: `── END REPORT ──── 14:05 ──`. The
 * note stands below where there is no room for it.
 */
export function rule({ width, paint }: Pick<Sheet, 'width' | 'paint'>, title: string, note = ''): string {
  const taken = widthOf(title) + (note ? widthOf(note) + 4 : 0) + 4
  if (note && taken + 2 > width) return `${rule({ width, paint }, title)}\n${INDENT}${note}`
  const line = '─'.repeat(Math.max(2, width - taken))
  const end = note ? ` ${note} ${paint('dim', '──')}` : ''
  return `${paint('dim', '──')} ${paint('bold', title)} ${paint('dim', line)}${end}`
}

/** A labelled line: `  remaining  29m 40s`; what does not fit is folded between words, below the value. */
export function field({ paint, foldAt }: Sheet, label: string, value: string): string {
  const beside = INDENT.length + LABEL_WIDTH
  const folded = foldWords(value, foldAt - beside).join(`\n${' '.repeat(beside)}`)
  return `${INDENT}${paint('dim', padEnd(label, LABEL_WIDTH - 1))} ${folded}`
}

/** A text in a section, so many columns to its right, folded between words. */
export function paragraph({ foldAt }: Sheet, text: string, indented = 0): string[] {
  const blanks = ' '.repeat(indented)
  return foldWords(text, foldAt - 2 * INDENT.length - indented).map(line => blanks + line)
}

/** Lines below a heading of their own, with a blank line before; nothing where there are none. */
export function section({ paint }: Sheet, heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${INDENT}${paint('bold', heading)}`, ...lines.map(indent)]
}

/** Width that is left for what stands in a section. */
export function innerWidth({ width }: Sheet): number {
  return width - 2 * INDENT.length
}

function indent(line: string): string {
  return `${INDENT}${INDENT}${line}`
}
