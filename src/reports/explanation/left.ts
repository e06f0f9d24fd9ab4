import type { LeftExplanation } from '../../explanation.ts'
import { formatSoon } from '../text/date.ts'
import { sanitize } from '../text/sanitize.ts'
import { askedText } from './amounts.ts'
import type { Line } from './lines.ts'
import { between, nameOf } from './words.ts'

/** Where a job stands that has not ended, as far as the journal of its run tells. */
export function leftSentence(explanation: LeftExplanation): string {
  const { isRunning } = explanation
  const name = nameOf(explanation)
  return isRunning ? `${name} ${nowText(explanation)}.` : `${name} ${thenText(explanation)}.`
}

export function leftLines({ request, attempts }: LeftExplanation): Line[] {
  return [
    ['asks for', askedText(request)],
    ...(attempts > 0 ? [['failed', `${attempts} ${attempts === 1 ? 'time' : 'times'}`] as const] : []),
  ]
}

function nowText({ place, at }: LeftExplanation): string {
  if (place === null) return 'waits'
  const since = place.startedAt ?? place.placedAt
  return `runs on ${sanitize(place.node)} since ${formatSoon(since, at)} (for ${between(since, at)})`
}

function thenText({ place, at }: LeftExplanation): string {
  if (place === null) return 'waited when its scheduler ended'
  const since = formatSoon(place.startedAt ?? place.placedAt, at)
  return `ran on ${sanitize(place.node)}, since ${since}, when its scheduler ended`
}
