/** A mark on the time axis. */
export interface Tick {
  readonly atS: number
  /** `0`, `0.5 s`, `30 s`, `1m 30s`, `2h`, `1d 12h`. */
  readonly label: string
}

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400]
const STEPS = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map(minutes => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map(hours => hours * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000].map(days => days * DAY),
]

/** Round times from 0 to the end, at most `most` of them beside 0. */
export function ticks(endS: number, most: number): Tick[] {
  const step = STEPS.find(step => endS / step <= most) ?? endS / most
  const count = Math.floor(endS / step + 1e-9)
  return Array.from({ length: count + 1 }, (_, i) => ({ atS: i * step, label: labelOf(i * step, step) }))
}

function labelOf(atS: number, step: number): string {
  if (atS === 0) return '0'
  if (step < 1 || atS < MINUTE) return `${Number(atS.toFixed(3))} s`
  const seconds = Math.round(atS)
  const parts = [
    [Math.floor(seconds / DAY), 'd'],
    [Math.floor((seconds % DAY) / HOUR), 'h'],
    [Math.floor((seconds % HOUR) / MINUTE), 'm'],
    [seconds % MINUTE, 's'],
  ] as const
  return parts
    .filter(([amount]) => amount > 0)
    .slice(0, 2)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(' ')
}
