import type { Paint } from '../text/paint.ts'

/** What the live view is drawn on. */
export interface Screen {
  readonly columns: number
  /** Lines that may be drawn: one less than the terminal has, for the cursor. */
  readonly lines: number
  readonly paint: Paint
}

/** Text to the left and text to the right of a line, by their uncoloured widths. */
export interface Piece {
  readonly width: number
  readonly text: string
}
