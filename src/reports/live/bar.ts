import type { Paint, Style } from '../text/paint.ts'

/** A bar of `width` columns, filled to `share` of 1: never empty above 0 and never full below 1. */
export function bar(share: number, width: number, style: Style, paint: Paint): string {
  const filled = filledColumns(share, width)
  return paint(style, '█'.repeat(filled)) + paint('dim', '░'.repeat(Math.max(0, width - filled)))
}

function filledColumns(share: number, width: number): number {
  if (!(share > 0) || width < 1) return 0
  if (share >= 1) return width
  return Math.min(Math.max(1, Math.round(share * width)), Math.max(1, width - 1))
}
