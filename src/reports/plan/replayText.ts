import { isUnfit, type Replay } from '../../plan/plan.ts'
import { field, rule, type Sheet, section } from '../plain/sheet.ts'
import { formatCount } from '../text/amount.ts'
import { formatDate } from '../text/date.ts'
import { formatDuration } from '../text/duration.ts'
import { type PlanSheet, timelineSection } from './planText.ts'
import { machinesTable, usesTable } from './tables.ts'
import { setBy, timesText } from './words.ts'

/** A run that has been, for people: what it came to, beside what was predicted and what was possible. */
export function replayText(replay: Replay, sheet: PlanSheet): string[] {
  const { durationS, lowerBound, machines, uses, timeline, startedAt } = replay
  const bound = `${formatDuration(lowerBound.seconds)}, set by ${setBy(lowerBound)}`
  return [
    rule(sheet, 'RUN', formatDate(startedAt)),
    field(sheet, 'jobs', countsText(replay)),
    field(sheet, 'duration', formatDuration(durationS)),
    ...predicted(replay, sheet),
    ...simulated(replay, sheet),
    field(sheet, 'at least', `${bound}; it took ${timesText(durationS, lowerBound)} that`),
    field(sheet, 'work', `${formatDuration(replay.sumS)}, one job after the other`),
    ...section(sheet, 'Resources', usesTable(uses, sheet)),
    ...timelineSection(timeline, 'Timeline', sheet),
    ...(machines.length > 1 ? section(sheet, 'Machines', machinesTable(machines, sheet)) : []),
  ]
}

function countsText({ counts: { succeeded, failed, cancelled } }: Replay): string {
  const total = succeeded + failed + cancelled
  const parts = [
    `${formatCount(succeeded)} succeeded`,
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ...(cancelled > 0 ? [`${formatCount(cancelled)} cancelled`] : []),
  ]
  return `${formatCount(total)}: ${parts.join(', ')}`
}

function predicted({ firstEstimate, durationS }: Replay, sheet: Sheet): string[] {
  if (firstEstimate === null) return []
  const { atS, remainingS } = firstEstimate
  const total = atS + remainingS
  const ratio = total > 0 ? `; it took ${(durationS / total).toFixed(2)} × that` : ''
  return [field(sheet, 'predicted', `${formatDuration(total)}, after ${formatDuration(atS)}${ratio}`)]
}

function simulated({ machines: [same] }: Replay, sheet: Sheet): string[] {
  if (!same || isUnfit(same)) return []
  return [
    field(sheet, 'simulated', `${formatDuration(same.makespanS)}, with the durations that the jobs had`),
  ]
}
