import stringWidth from 'string-width'
import { THEME } from './colours.ts'
import type { Look, Span } from './parse.ts'

/** Size of a character in the drawing. */
const CELL = { width: 8.4, height: 18, fontSize: 14, baseline: 13.5 } as const
const MARGIN = 14
const TITLE_HEIGHT = 32

/** Characters that are drawn, not written, so that they meet whatever the font: part of the cell, and opacity. */
const DRAWN: Readonly<
  Record<string, { x: number; y: number; width: number; height: number; opacity: number }>
> = {
  '█': { x: 0, y: 0.14, width: 1, height: 0.72, opacity: 1 },
  '▓': { x: 0, y: 0.14, width: 1, height: 0.72, opacity: 0.75 },
  '▒': { x: 0, y: 0.14, width: 1, height: 0.72, opacity: 0.5 },
  '░': { x: 0, y: 0.14, width: 1, height: 0.72, opacity: 0.3 },
  '─': { x: 0, y: 0.47, width: 1, height: 0.07, opacity: 1 },
  '━': { x: 0, y: 0.43, width: 1, height: 0.14, opacity: 1 },
  '│': { x: 0.45, y: 0, width: 0.1, height: 1, opacity: 1 },
}

/** A terminal window with these lines as an SVG; `columns` is its least width in characters. */
export function drawTerminal(lines: readonly (readonly Span[])[], title: string, columns = 0): string {
  const widest = Math.max(
    columns,
    ...lines.map(line => line.reduce((sum, { text }) => sum + stringWidth(text), 0)),
  )
  const width = round(widest * CELL.width + 2 * MARGIN)
  const height = round(TITLE_HEIGHT + lines.length * CELL.height + 2 * MARGIN)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<rect width="${width}" height="${height}" rx="9" fill="${THEME.background}"/>`,
    `<path d="M0 ${TITLE_HEIGHT}V9a9 9 0 0 1 9-9h${width - 18}a9 9 0 0 1 9 9v${TITLE_HEIGHT - 9}z" fill="${THEME.bar}"/>`,
    ...[18, 38, 58].map(x => `<circle cx="${x}" cy="${TITLE_HEIGHT / 2}" r="5.5" fill="${THEME.dot}"/>`),
    `<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="${CELL.fontSize}" fill="${THEME.text}" xml:space="preserve">`,
    text(width / 2, TITLE_HEIGHT / 2 + 5, title, ' text-anchor="middle" opacity="0.7"'),
    ...lines.flatMap((line, row) => drawLine(line, TITLE_HEIGHT + MARGIN + row * CELL.height)),
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

function drawLine(spans: readonly Span[], y: number): string[] {
  let column = 0
  return spans.flatMap(({ text: all, look }) =>
    pieces(all).flatMap(piece => {
      const width = stringWidth(piece)
      const drawn = drawPiece(piece, look, MARGIN + column * CELL.width, y, width)
      column += width
      return drawn
    }),
  )
}

/** Runs of one drawn character, and texts between them without the blanks around them. */
function pieces(text: string): string[] {
  return text.match(/█+|▓+|▒+|░+|─+|━+|│+| {2,}|(?:(?! {2})[^█▓▒░─━│])+/g) ?? []
}

function drawPiece(piece: string, look: Look, x: number, y: number, columns: number): string[] {
  const width = columns * CELL.width
  const ground =
    look.background === null ? [] : [rect({ x, y, width, height: CELL.height }, ` fill="${look.background}"`)]
  if (piece.trim() === '') return ground
  const shape = DRAWN[piece[0] ?? '']
  if (!shape) return [...ground, text(x, y + CELL.baseline, piece, looks(look, 1) + fitted(width, piece))]
  const box = {
    x: x + shape.x * CELL.width,
    y: y + shape.y * CELL.height,
    width: shape.width < 1 ? shape.width * CELL.width : width,
    height: shape.height * CELL.height,
  }
  return [...ground, rect(box, looks(look, shape.opacity))]
}

/** Keeps text on the grid, whatever the font's own width. */
function fitted(width: number, piece: string): string {
  return [...piece].length > 1 ? ` textLength="${round(width)}" lengthAdjust="spacingAndGlyphs"` : ''
}

function looks({ colour, bold, dim }: Look, opacity: number): string {
  const seen = round(opacity * (dim ? 0.6 : 1))
  return [
    colour === null ? '' : ` fill="${colour}"`,
    bold ? ' font-weight="bold"' : '',
    seen < 1 ? ` opacity="${seen}"` : '',
  ].join('')
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}"${attributes}>${escapeXml(content)}</text>`
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function rect({ x, y, width, height }: Box, attributes: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"${attributes}/>`
}

function escapeXml(content: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return content.replace(/[&<>"]/g, character => entities[character] ?? character)
}

function round(number: number): number {
  return Math.round(number * 100) / 100
}
