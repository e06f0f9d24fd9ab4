import { stripVTControlCharacters } from 'node:util'
import { createLogUpdate } from 'log-update'
import type { Output } from '../reporter.ts'
import { widthOf } from '../text/width.ts'

const WRAP_OFF = '\u001b[?7l'
const WRAP_ON = '\u001b[?7h'
const TO_START_OF_LINE_ABOVE = '\u001b[1F'
const ERASE_BELOW = '\u001b[0J'

/** So wide that log-update never wraps: what it draws fits already. */
const NEVER_WRAP = 100_000

/** A block of lines that is kept in place on a terminal and drawn over. */
export interface Frame {
  /** Replaces the block; only what differs is written. */
  draw(text: string): void
  /** Writes lines above the block that stay there. */
  persist(text: string): void
  /** Takes the block away and shows the cursor again. */
  close(): void
}

/**
 * A frame on a terminal, by log-update. Two things are added to it: the terminal does not wrap while it is drawn on,
 * so that a character which it shows wider than expected spoils only its own line; and a terminal that has become
 * narrower, and has folded the lines of the old frame, gets all of them erased.
 */
export function terminalFrame(output: Output): Frame {
  const log = createLogUpdate(drawnOn(output))
  let drawn = ''
  let columns = output.columns
  const meetNewWidth = (): void => {
    if (columns !== output.columns && drawn !== '') eraseFolded(drawn, output)
    if (columns !== output.columns) log.done()
    columns = output.columns
  }
  const draw = (text: string): void => {
    meetNewWidth()
    drawn = text
    log(text)
  }
  return {
    draw,
    persist(text) {
      meetNewWidth()
      log.clear()
      output.write(`${text}\n`)
      if (drawn !== '') log(drawn)
    },
    close() {
      meetNewWidth()
      log.clear()
      log.done()
    },
  }
}

function eraseFolded(drawn: string, output: Output): void {
  const rows = foldedRows(stripVTControlCharacters(drawn).split('\n'), output.columns ?? 80)
  output.write(TO_START_OF_LINE_ABOVE.repeat(rows) + ERASE_BELOW)
}

/** How many rows lines take on a terminal that folds what is wider than it. */
export function foldedRows(lines: readonly string[], columns: number): number {
  return lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(widthOf(line) / Math.max(1, columns))), 0)
}

/** The output as log-update sees it. */
function drawnOn(output: Output): NodeJS.WritableStream {
  const stream = {
    isTTY: true,
    columns: NEVER_WRAP,
    get rows() {
      return output.rows ?? 24
    },
    write: (text: string) => output.write(WRAP_OFF + text + WRAP_ON),
  }
  return stream as unknown as NodeJS.WritableStream
}
