import type { LowerBound, MachinePlan } from '../../plan/plan.ts'
import { formatAmount, formatCount, formatGib } from '../text/amount.ts'
import { formatDuration } from '../text/duration.ts'
import { sanitize } from '../text/sanitize.ts'

/** What sets a lower bound, in words: `the longest job (fit 7)`, `threads`. */
export function setBy({ by, job }: LowerBound): string {
  if (by === 'longest job')
    return job === undefined ? 'the longest job' : `the longest job (${sanitize(job)})`
  const [resource = '', sideBySide] = by.split(SIDE_BY_SIDE)
  return sideBySide === undefined ? sanitize(by) : `how few jobs fit side by side (${sanitize(resource)})`
}

/** The same in short, for a table: `longest job`, `RAM, side by side`. */
export function setByShort({ by }: LowerBound): string {
  return sanitize(by.replace(SIDE_BY_SIDE, ', side by side'))
}

const SIDE_BY_SIDE = /: jobs side by side$/

/** `2h 10m (1h 50m – 2h 45m)`; `null` where no futures were drawn. */
export function expectedText(machine: MachinePlan): string | null {
  const { expectedS } = machine
  return expectedS === null ? null : `${formatDuration(expectedS)} (${intervalText(machine)})`
}

/** `1h 50m – 2h 45m`; `–` where no futures were drawn. */
export function intervalText({ intervalS }: MachinePlan): string {
  return intervalS === null ? '–' : intervalS.map(formatDuration).join(' – ')
}

/** An amount of a resource, by its name: RAM in GiB, all else as a number. */
export function amountText(resource: string, amount: number): string {
  return resource.endsWith('RAM') ? `${formatGib(amount)} GiB` : formatAmount(amount)
}

/** How many times longer than the lower bound. */
export function timesText(seconds: number, { seconds: bound }: LowerBound): string {
  return bound > 0 ? `${(seconds / bound).toFixed(2)} ×` : '–'
}

/** `50 jobs in 6 groups`. */
export function jobsText(jobs: number, groups: number): string {
  const plural = (count: number, noun: string) => `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
  return `${plural(jobs, 'job')} in ${plural(groups, 'group')}`
}
