const UNIT = /^(ms|s|GiB|×)$/

/** A line without its figures, units, bars and timelines: what stays the same from run to run. */
export function skeleton(line: string): string {
  return line
    .split(/[\s(),]+/)
    .filter(word => /\p{Letter}/u.test(word) && !/[\d━]/.test(word) && !UNIT.test(word))
    .join(' ')
}

/** The lines of `shown` that `printed` has not, whatever their figures. `…` stands for lines left out. */
export function missingLines(shown: string, printed: string): string[] {
  const seen = new Set(printed.split('\n').map(skeleton))
  return shown.split('\n').filter(line => line.trim() !== '…' && !seen.has(skeleton(line)))
}
