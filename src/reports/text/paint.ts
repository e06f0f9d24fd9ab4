import { styleText } from 'node:util'

export type Style = Parameters<typeof styleText>[0]

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string

/** Paints with colours where they are wanted. */
export function painter(colour: boolean): Paint {
  return colour ? (style, text) => (text ? styleText(style, text, { validateStream: false }) : '') : plain
}

const plain: Paint = (_style, text) => text

/** True where colours are wanted on this stream: a terminal that knows them, and neither NO_COLOR nor the like. */
export function wantsColour(stream: unknown): boolean {
  try {
    const options = { stream: stream as NodeJS.WritableStream, validateStream: true }
    return styleText('bold', 'x', options) !== 'x'
  } catch {
    return false
  }
}
