import type { Outcome } from '../../job.ts'
import type { RunEvent, RunPicture } from '../../progress.ts'
import { countOf, formatGib } from '../text/amount.ts'
import type { Paint } from '../text/paint.ts'
import { sanitize } from '../text/sanitize.ts'
import { byWhom, graceText, mayInterrupt } from '../text/stop.ts'
import { shorten } from '../text/width.ts'
import { reasonText } from './failedJobs.ts'
import { joinedText } from './node.ts'
import type { Sheet } from './sheet.ts'

const MOST_FAILURES = 10
const NAME_WIDTH = 60

type Notice = (sheet: Sheet) => string[]

/**
 * Makes the lines that stand between the reports: warnings, nodes that join, changes of state, jobs that ran out of
 * memory, and the first 10 failures.
 */
export function noticeOf(picture: () => RunPicture): (event: RunEvent) => Notice | null {
  let failures = 0
  return event => {
    if (event.type === 'warning') return sheet => [warningText(event.message, sheet.paint)]
    if (event.type === 'node.joined') return () => [joinedText(event.node)]
    if (event.type === 'job.retrying') return growthNotice(event)
    if (event.type === 'state.changed') return () => stateText(event.state, picture())
    if (event.type !== 'job.ended' || event.outcome.status !== 'failed') return null
    failures += 1
    return failureNotice(event.outcome, failures)
  }
}

/** A warning, as a line. */
export function warningText(message: string, paint: Paint): string {
  return `${paint('yellow', 'warning:')} ${sanitize(message)}`
}

/** What a change of state means for the jobs. */
function stateText(state: RunPicture['state'], { stop, now, running }: RunPicture): string[] {
  if (state === 'paused') return ['paused: running jobs go on, no new ones are started']
  if (stop === null || running.length === 0) return []
  const runs = `${countOf(running.length, 'running job')}`
  const again = mayInterrupt(stop) ? ' Ctrl-C again ends them.' : ''
  const ending = `ending ${runs}: ${graceText(stop, now)}`
  if (state === 'draining' && stop.killsAt !== null) return [`draining${byWhom(stop)}: ${ending}`]
  if (state === 'draining')
    return [`draining${byWhom(stop)}: no more jobs are started; waiting for ${runs}.${again}`]
  return state === 'closing' ? [`closing${byWhom(stop)}: ${ending}`] : []
}

const MEMORY = { ram: 'RAM', gpuRam: 'GPU RAM' } as const

/** That a job needs more than it has asked for is worth a line: the user can ask for it the next time. */
function growthNotice({ name, more }: Extract<RunEvent, { type: 'job.retrying' }>): Notice | null {
  if (more === null) return null
  const others = more.others > 0 ? ` (also for ${countOf(more.others, 'waiting job')} of its group)` : ''
  const what = `ran out of ${MEMORY[more.of]}: tried again with ${formatGib(more.gib)} GiB${others}`
  return ({ paint }) => [`${paint('yellow', '↻')} ${shorten(sanitize(name), NAME_WIDTH)} ${what}`]
}

function failureNotice(outcome: Outcome, count: number): Notice | null {
  if (count > MOST_FAILURES + 1) return null
  if (count > MOST_FAILURES) return () => ['further failures are only counted; the END report tells of them']
  const name = shorten(sanitize(outcome.name), NAME_WIDTH)
  return ({ paint }) => [`${paint('red', '✗')} ${name}: ${reasonText(outcome)}`]
}
