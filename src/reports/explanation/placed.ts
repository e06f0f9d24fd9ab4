import type { Asked, PlacedExplanation, PlacementMoment } from '../../explanation.ts'
import { countOf, formatCount } from '../text/amount.ts'
import { formatDate, formatSoon } from '../text/date.ts'
import { sanitize } from '../text/sanitize.ts'
import { askedText } from './amounts.ts'
import type { Line } from './lines.ts'
import { nodeLines } from './nodes.ts'
import { between, nameOf, ordinal } from './words.ts'

/** Where a job runs, since when, and until when. */
export function placedSentence(explanation: PlacedExplanation): string {
  const { state, node, placedAt, startedAt, endsAt, attempt, at } = explanation
  const since = startedAt ?? placedAt
  const runs = `${state === 'placed' ? 'is being started' : 'runs'} on ${sanitize(node)} since ${formatSoon(since, at)}`
  const tried = attempt > 1 ? `, attempt ${attempt}` : ''
  return `${nameOf(explanation)} ${runs} (for ${between(since, at)})${tried}; it is expected to end at ${formatSoon(endsAt, at)}.`
}

/** What it holds, and how the nodes looked when it was placed. */
export function placedLines(explanation: PlacedExplanation): Line[] {
  const { placedAt, policy, node, moment } = explanation
  const placed = `${formatDate(placedAt)} by ${sanitize(policy)}`
  if (moment === null) return [holdsLine(explanation), ['placed', placed]]
  return [
    holdsLine(explanation),
    ['placed', `${placed}, ${ordinal(moment.rank)} in its turn; ${formatCount(moment.waiting)} waited on`],
    [`${sanitize(node)} had`, `${freeText(moment, explanation.asks)} free`],
    ...nodeLines(moment.nodes.filter(verdict => verdict.node !== node)),
  ]
}

function holdsLine({ asks, cores, gpus }: PlacedExplanation): Line {
  const positions = [
    ...(cores.length > 0 ? [`cores ${cores.join(', ')}`] : []),
    ...gpus.map(({ index }) => `GPU ${index}`),
  ]
  return ['holds', [askedText(asks), ...positions].join('; ')]
}

function freeText({ free }: PlacementMoment, asks: Asked): string {
  const gpus = asks.gpus > 0 ? `, ${countOf(free.gpus, 'GPU')} with enough` : ''
  return `${askedText({ ...free, physicalCores: asks.physicalCores > 0 ? free.physicalCores : 0, gpus: 0 })}${gpus}`
}
