import type { Outcome } from '../../job.ts'
import { reasonText } from '../plain/failedJobs.ts'
import { sanitize } from '../text/sanitize.ts'
import { shorten, truncate, widthOf } from '../text/width.ts'
import type { Screen } from './screen.ts'

/** The latest failures, a line each, newest first, at most `most`. */
export function failures(outcomes: readonly Outcome[], screen: Screen, most: number): string[] {
  return outcomes.slice(0, Math.max(0, most)).map(outcome => failureLine(outcome, screen))
}

function failureLine(outcome: Outcome, { columns, paint }: Screen): string {
  const name = shorten(sanitize(outcome.name), Math.max(8, Math.floor(columns * 0.45)))
  const reason = truncate(reasonText(outcome), columns - widthOf(name) - 4)
  return `${paint('red', '✗')} ${name}  ${paint('red', reason)}`
}
