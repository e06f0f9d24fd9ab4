import type { EndedExplanation, RetryingExplanation } from '../../explanation.ts'
import { reasonText } from '../plain/failedJobs.ts'
import { formatDate, formatSoon } from '../text/date.ts'
import { formatDuration } from '../text/duration.ts'
import { sanitize } from '../text/sanitize.ts'
import { between, nameOf } from './words.ts'

/** Why a job is tried again, and when. */
export function retryingSentence(explanation: RetryingExplanation): string {
  const { failure, attempts, retryAt, at } = explanation
  const why = sanitize(failure.message.split('\n', 1)[0] ?? '')
  const when = `${formatSoon(retryAt, at)}, in ${between(at, retryAt)}`
  return `${nameOf(explanation)} has failed (${why}); attempt ${attempts + 1} follows at ${when}.`
}

/** When a job ended, and how. */
export function endedSentence(explanation: EndedExplanation): string {
  const { outcome } = explanation
  const { status, startedAt, durationS, node, attempts } = outcome
  if (startedAt === null) return `${nameOf(explanation)} ${neverStarted(explanation)}.`
  const place = node === null ? '' : ` on ${sanitize(node)}`
  const when = `at ${formatDate(startedAt + durationS * 1000)}${place}`
  if (status === 'failed') return `${nameOf(explanation)} failed ${when}: ${reasonText(outcome)}.`
  const how = status === 'succeeded' ? 'succeeded' : 'was cancelled'
  const tried = attempts > 1 ? `, in attempt ${attempts}` : ''
  return `${nameOf(explanation)} ${how} ${when}, after ${formatDuration(durationS)}${tried}.`
}

function neverStarted({ outcome }: EndedExplanation): string {
  return outcome.status === 'failed'
    ? `failed before it ran: ${reasonText(outcome)}`
    : 'was cancelled before it was started'
}
