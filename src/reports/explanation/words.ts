import type { ExplainedJob } from '../../explanation.ts'
import { formatDuration } from '../text/duration.ts'
import { sanitize } from '../text/sanitize.ts'

/** `fit 7 (a1b2c3d4)`. */
export function nameOf({ id, name }: Pick<ExplainedJob, 'id' | 'name'>): string {
  return name === id ? sanitize(id) : `${sanitize(name)} (${sanitize(id)})`
}

/** The time between two moments, for people; 0 where the second is not later. */
export function between(from: number, to: number): string {
  return formatDuration(Math.max(0, to - from) / 1000)
}

/** `the 2nd`. */
export function ordinal(n: number): string {
  const isTeen = n % 100 >= 11 && n % 100 <= 13
  return `the ${n}${isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')}`
}
