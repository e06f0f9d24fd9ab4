import type { Paint } from '../text/paint.ts'
import { padEnd, widthOf } from '../text/width.ts'

/** What a plain report is drawn with. */
export interface Sheet {
  /** Columns that rules and tables take at most. */
  readonly width: number
  readonly paint: Paint
}

const INDENT = '  '
const LABEL_WIDTH = 11

/** A line across the sheet with the report's title and, at its right end, a note: `── END REPORT ──── 14:05 ──`. */
export function rule({ width, paint }: Sheet, title: string, note = ''): string {
  const taken = widthOf(title) + (note ? widthOf(note) + 4 : 0) + 4
  const line = '─'.repeat(Math.max(2, width - taken))
  const end = note ? ` ${note} ${paint('dim', '──')}` : ''
  return `${paint('dim', '──')} ${paint('bold', title)} ${paint('dim', line)}${end}`
}

/** A labelled line: `  remaining  29m 40s`. */
export function field({ paint }: Sheet, label: string, value: string): string {
  return `${INDENT}${paint('dim', padEnd(label, LABEL_WIDTH - 1))} ${value}`
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
