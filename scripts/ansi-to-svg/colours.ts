/** Colours of the drawn terminal: dark, and readable on a light page and on a dark one. */
export const THEME = { background: '#14171f', bar: '#222734', text: '#d8dee9', dot: '#4c566a' } as const

export const NORMAL: readonly string[] = [
  '#3b4252',
  '#f0717f',
  '#8fcf7a',
  '#e8c46f',
  '#7aa8f0',
  '#c792ea',
  '#5fc3d6',
  '#d8dee9',
]

export const BRIGHT: readonly string[] = [
  '#6b758c',
  '#ff8f9a',
  '#a9e694',
  '#ffdd8f',
  '#9cc3ff',
  '#ddb3f7',
  '#86dfef',
  '#ffffff',
]

/** A colour of the table of 256: 16 by name, a cube of 6 × 6 × 6, 24 greys. */
export function ansi256(index: number): string {
  if (index < 16) return [...NORMAL, ...BRIGHT][index] ?? THEME.text
  if (index >= 232) return rgb([0, 0, 0].map(() => 8 + 10 * (index - 232)))
  const cube = index - 16
  return rgb([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(step => step && 55 + 40 * step))
}

function rgb(parts: readonly number[]): string {
  return `rgb(${parts.join(',')})`
}
