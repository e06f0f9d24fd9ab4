/** Pieces of SVG as text. */

/** A number with as few digits as a drawing needs. */
export function round(number: number): string {
  return String(Math.round(number * 10) / 10)
}

/** Text as XML takes it: control characters, which it cannot hold at all, are left out. */
export function escapeXml(content: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  const held = content.toWellFormed().replace(/(?!\n)\p{Cc}|[\ufffe\uffff]/gu, '')
  return held.replace(/[&<>"]/g, character => entities[character] ?? character)
}

/** Where text is anchored, and how it looks. */
export interface TextStyle {
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly fill?: string
  readonly size?: number
  readonly bold?: boolean
}

export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const attributes = [
    style.anchor && style.anchor !== 'start' ? ` text-anchor="${style.anchor}"` : '',
    style.fill ? ` fill="${style.fill}"` : '',
    style.size ? ` font-size="${style.size}"` : '',
    style.bold ? ' font-weight="bold"' : '',
  ].join('')
  return `<text x="${round(x)}" y="${round(y)}"${attributes}>${escapeXml(content)}</text>`
}

/** A rectangle in a drawing. */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A rectangle; `title` is shown when the mouse rests on it. */
export function rect({ x, y, width, height }: Rect, attributes: string, title?: string): string {
  const shape = `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"${attributes}`
  return title === undefined ? `${shape}/>` : `${shape}><title>${escapeXml(title)}</title></rect>`
}

/** Many rectangles of one colour as one path: a fifth of the text. */
export function path(rects: readonly Rect[], fill: string): string {
  if (rects.length === 0) return ''
  const d = rects.map(({ x, y, width, height }) => {
    const w = round(width)
    return `M${round(x)} ${round(y)}h${w}v${round(height)}h-${w}z`
  })
  return `<path fill="${fill}" d="${d.join('')}"/>`
}

export function line(x1: number, y1: number, x2: number, y2: number, attributes: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"${attributes}/>`
}
