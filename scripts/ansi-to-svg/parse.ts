import { stripVTControlCharacters } from 'node:util'
import { ansi256, BRIGHT, NORMAL } from './colours.ts'

/** How a piece of terminal text looks. `null` is the terminal's own colour. */
export interface Look {
  readonly colour: string | null
  readonly background: string | null
  readonly bold: boolean
  readonly dim: boolean
}

/** Text of one look on one line. */
export interface Span {
  readonly text: string
  readonly look: Look
}

const PLAIN: Look = { colour: null, background: null, bold: false, dim: false }

const COLOURS = /\u001b\[([\d;:]*)m/

/** Lines of text with ANSI colours as spans; other control sequences are dropped. */
export function parseAnsi(text: string): Span[][] {
  let look = PLAIN
  return text.split(/\r?\n/).map(line => {
    const spans: Span[] = []
    line.split(COLOURS).forEach((part, index) => {
      if (index % 2 === 1) look = changed(look, part.split(/[;:]/).map(Number))
      else if (part !== '') spans.push({ text: stripVTControlCharacters(part), look })
    })
    return spans
  })
}

/** The look after the parameters of a `CSI … m`. */
function changed(look: Look, codes: readonly number[]): Look {
  const [code = 0, ...rest] = codes
  if (codes.length === 0) return look
  if (code === 38 || code === 48) return extended(look, code, rest)
  return changed(simple(look, code), rest)
}

function simple(look: Look, code: number): Look {
  if (code === 0) return PLAIN
  if (code === 1) return { ...look, bold: true }
  if (code === 2) return { ...look, dim: true }
  if (code === 22) return { ...look, bold: false, dim: false }
  if (code === 39) return { ...look, colour: null }
  if (code === 49) return { ...look, background: null }
  return coloured(look, code)
}

function coloured(look: Look, code: number): Look {
  const [tens, unit] = [Math.floor(code / 10), code % 10]
  const palette = tens === 3 || tens === 4 ? NORMAL : BRIGHT
  const colour = palette[unit] ?? null
  if (tens === 3 || tens === 9) return { ...look, colour }
  if (tens === 4 || tens === 10) return { ...look, background: colour }
  return look
}

/** `38;5;n` and `38;2;r;g;b`, and the same for the background. */
function extended(look: Look, code: number, [kind, ...values]: readonly number[]): Look {
  const taken = kind === 5 ? 1 : 3
  const [red = 0, green = 0, blue = 0] = values
  const colour = kind === 5 ? ansi256(red) : `rgb(${red},${green},${blue})`
  const next = code === 38 ? { ...look, colour } : { ...look, background: colour }
  const rest = values.slice(taken)
  return rest.length > 0 ? changed(next, rest) : next
}
