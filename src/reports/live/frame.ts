import { stripVTControlCharacters } from 'node:util'
import type { Output } from '../reporter.ts'
import { widthOf } from '../text/width.ts'

/** A block of lines that is kept in place on a terminal and drawn over. */
export interface Frame {
  /** Replaces the block; only lines that differ are written, and nothing where none does. */
  draw(text: string): void
  /** Writes text above the block that stays there. */
  persist(text: string): void
  /** Takes the block away. */
  close(): void
}

const ERASE_LINE = '\u001b[2K'
const ERASE_BELOW = '\u001b[0J'
const NEXT_LINE = '\u001b[1E'

/** What is written between these is shown at once, on terminals that know it; elsewhere it means nothing. */
const AT_ONCE = ['\u001b[?2026h', '\u001b[?2026l'] as const

/** The cursor is hidden only while it jumps: whatever ends the program, its terminal is as before. */
const NO_CURSOR = ['\u001b[?25l', '\u001b[?25h'] as const

/** No wrapping: a character that the terminal shows wider than expected spoils only its own line. */
const NO_WRAP = ['\u001b[?7l', '\u001b[?7h'] as const

/**
 * A frame on a terminal. The cursor rests in the line below it. Of a terminal that has changed its size the whole
 * frame is drawn anew, and when it has become narrower, and has folded the lines of the old frame, all of its
 * rows are erased.
 */
export function terminalFrame(output: Output): Frame {
  let drawn: readonly string[] = []
  let size = sizeOf(output)
  const erased = (): string => erase(Math.min(foldedRows(drawn, size.columns), size.rows - 1))
  const write = (text: string): void => {
    output.write([AT_ONCE, NO_CURSOR].reduce((inner, [begin, end]) => begin + inner + end, text))
  }
  const redraw = (above: string, lines: readonly string[]): void => {
    write(erased() + above + unwrapped(lines.map(line => `${line}\r\n`).join('')))
    drawn = lines
  }
  return {
    draw(text) {
      const lines = text.split('\n')
      const before = size
      size = sizeOf(output)
      if (size.columns !== before.columns || size.rows !== before.rows) {
        redraw('', lines)
        return
      }
      const changes = changesOf(drawn, lines)
      if (changes !== '') write(up(drawn.length) + unwrapped(changes))
      drawn = lines
    },
    persist(text) {
      size = sizeOf(output)
      redraw(`${text.replaceAll('\n', '\r\n')}\r\n`, drawn)
    },
    close() {
      size = sizeOf(output)
      if (drawn.length > 0) redraw('', [])
    },
  }
}

/** How many rows lines take on a terminal that folds what is wider than it. */
export function foldedRows(lines: readonly string[], columns: number): number {
  return lines.reduce((rows, line) => {
    return rows + Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / Math.max(1, columns)))
  }, 0)
}

/** What makes the old lines the new ones, from the start of the first line to below the last one. */
function changesOf(before: readonly string[], after: readonly string[]): string {
  if (before.length === after.length && before.every((line, index) => line === after[index])) return ''
  const lines = after.map((line, index) => (line === before[index] ? NEXT_LINE : `${ERASE_LINE}${line}\r\n`))
  return lines.join('') + (before.length > after.length ? ERASE_BELOW : '')
}

/**
 * Erases the rows above the cursor and all below them, and leaves the cursor at their top. The first one by itself:
 * from the very first line of a screen, tmux would keep a copy of what is erased.
 */
function erase(rows: number): string {
  return rows > 0 ? up(rows) + NEXT_LINE + ERASE_BELOW + up(1) + ERASE_LINE : ''
}

function unwrapped(text: string): string {
  return text === '' ? '' : NO_WRAP[0] + text + NO_WRAP[1]
}

function up(rows: number): string {
  return rows > 0 ? `\u001b[${rows}F` : '\r'
}

function sizeOf({ columns, rows }: Output): { readonly columns: number; readonly rows: number } {
  return { columns: columns || 80, rows: rows || 24 }
}
