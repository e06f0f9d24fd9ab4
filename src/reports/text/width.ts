import stringWidth from 'string-width'

/** Characters that take a column each and stand alone: ASCII, Latin, dashes, dots, lines and blocks. */
const NARROW = /^[\x20-\x7e\xa1-\xac\xae-\xff\u2010-\u2027\u2500-\u259f]*$/
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Columns of a terminal that a sanitized, uncoloured text takes. */
export function widthOf(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text)
}

/** The text, cut to at most `width` columns; what was cut at the end is shown by `…`. */
export function truncate(text: string, width: number): string {
  const near = startOf(text, width)
  if (near === text && widthOf(text) <= width) return text
  return width < 1 ? '' : `${head(near, width - 1)}…`
}

/** The text, cut to at most `width` columns in its middle: the end of a name often tells jobs apart. */
export function shorten(text: string, width: number): string {
  if (width < 12) return truncate(text, width)
  const near = startOf(text, width)
  if (near === text && widthOf(text) <= width) return text
  const tailWidth = Math.floor((width - 1) / 2)
  const tail = reversed(head(reversed(endOf(text, width)), tailWidth))
  return `${head(near, width - 1 - tailWidth)}…${tail}`
}

/** The text with blanks behind it, `width` columns in all. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** The text with blanks before it, `width` columns in all. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text
}

/** The text as lines of at most `width` columns, folded between words; a word that is longer stays whole. */
export function foldWords(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text]
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

/** The longest start of the text that takes at most `width` columns, whole graphemes only. */
function head(text: string, width: number): string {
  if (NARROW.test(text)) return text.slice(0, Math.max(0, width))
  let taken = ''
  for (const { segment } of graphemes.segment(text)) {
    if (widthOf(taken + segment) > width) break
    taken += segment
  }
  return taken
}

function reversed(text: string): string {
  if (NARROW.test(text)) return [...text].reverse().join('')
  return [...graphemes.segment(text)]
    .map(({ segment }) => segment)
    .reverse()
    .join('')
}

/** Enough of the start of the text to fill `width` columns: a name of a million characters costs no more. */
function startOf(text: string, width: number): string {
  return text.length > lookAhead(width) ? text.slice(0, lookAhead(width)).toWellFormed() : text
}

function endOf(text: string, width: number): string {
  return text.slice(-lookAhead(width)).toWellFormed()
}

function lookAhead(width: number): number {
  return 8 * Math.max(0, width) + 64
}
