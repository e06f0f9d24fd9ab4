import type { Output } from '../../../src/reports/reporter.ts'

/** A stream that keeps what is written to it. */
export interface KeptOutput extends Output {
  /** What was written since it was last taken. */
  take(): string
}

/** Not a terminal, unless it is told its size. */
export function keptOutput(size?: { readonly columns: number; readonly rows: number }): KeptOutput {
  let written = ''
  return {
    ...(size && { ...size, isTTY: true }),
    write(text) {
      written += text
      return true
    },
    take() {
      const taken = written
      written = ''
      return taken
    },
  }
}
