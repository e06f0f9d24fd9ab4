import { foldWords, padEnd, shorten, widthOf } from '../text/width.ts'

/** What stands at the left, and what is said of it. */
export type Line = readonly [label: string, text: string]

const WIDEST_LABEL = 24

/** Labelled lines below each other, the texts under each other and folded between words. */
export function labelled(lines: readonly Line[], width: number): string[] {
  const labels = lines.map(([label]) => shorten(label, WIDEST_LABEL))
  const beside = Math.max(...labels.map(widthOf), 0) + 4
  return lines.map(([, text], index) => {
    const folded = foldWords(text, width - beside).join(`\n${' '.repeat(beside)}`)
    return `  ${padEnd(labels[index] ?? '', beside - 4)}  ${folded}`
  })
}
