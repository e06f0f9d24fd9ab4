import type { Outcome } from '../../job.ts'
import type { RunEvent, RunPicture } from '../../progress.ts'
import type { Paint } from '../text/paint.ts'
import { sanitize } from '../text/sanitize.ts'
import { shorten } from '../text/width.ts'
import { reasonText } from './failedJobs.ts'
import type { Sheet } from './sheet.ts'

const MOST_FAILURES = 10
const NAME_WIDTH = 60

const STATES: Partial<Record<RunPicture['state'], string>> = {
  paused: 'paused: running jobs go on, no new ones are placed',
  draining: 'draining: running jobs go on, no new ones are placed',
  closing: 'closing: running jobs are ended',
}

type Notice = (sheet: Sheet) => string[]

/** Makes the lines that stand between the reports: warnings, changes of state, and the first 10 failures. */
export function noticeOf(): (event: RunEvent) => Notice | null {
  let failures = 0
  return event => {
    if (event.type === 'warning') return sheet => [warningText(event.message, sheet.paint)]
    if (event.type === 'state.changed') return stateNotice(event.state)
    if (event.type !== 'job.ended' || event.outcome.status !== 'failed') return null
    failures += 1
    return failureNotice(event.outcome, failures)
  }
}

/** A warning, as a line. */
export function warningText(message: string, paint: Paint): string {
  return `${paint('yellow', 'warning:')} ${sanitize(message)}`
}

function stateNotice(state: RunPicture['state']): Notice | null {
  const text = STATES[state]
  return text === undefined ? null : () => [text]
}

function failureNotice(outcome: Outcome, count: number): Notice | null {
  if (count > MOST_FAILURES + 1) return null
  if (count > MOST_FAILURES) return () => ['further failures are only counted; the END report tells of them']
  const name = shorten(sanitize(outcome.name), NAME_WIDTH)
  return ({ paint }) => [`${paint('red', '✗')} ${name}: ${reasonText(outcome)}`]
}
