import type { Counts, Progress, RunPicture } from '../../progress.ts'
import { formatCount, formatPercent } from '../text/amount.ts'
import { formatDate } from '../text/date.ts'
import { formatDuration } from '../text/duration.ts'
import { sanitize } from '../text/sanitize.ts'
import { shorten } from '../text/width.ts'
import { field, rule, type Sheet } from './sheet.ts'

const NAME_WIDTH = 50

/** The INTERMEDIATE report: what is done and what is left, in jobs and in time. */
export function intermediateReport({ progress, now }: RunPicture, sheet: Sheet): string[] {
  const { elapsedS, longest } = progress
  return [
    rule(sheet, 'INTERMEDIATE REPORT', formatDate(now)),
    field(sheet, 'jobs', countsText(progress.counts, sheet)),
    field(sheet, 'elapsed', `${formatDuration(elapsedS)} (${shareText(progress)})`),
    field(sheet, 'remaining', remainingText(progress)),
    ...(progress.endsAt === null ? [] : [field(sheet, 'ends', formatDate(progress.endsAt))]),
    ...(longest === null ? [] : [field(sheet, 'longest', longestText(longest))]),
  ]
}

function shareText({ fraction, remainingS }: Progress): string {
  return `${formatPercent(fraction)} of the ${remainingS === null ? 'jobs' : 'expected time'}`
}

/** `29m 40s (25m 00s – 36m 10s)`, the second part where there is an interval. */
export function remainingText({
  remainingS,
  remainingIntervalS,
}: Pick<Progress, 'remainingS' | 'remainingIntervalS'>): string {
  if (remainingS === null) return 'not known yet'
  if (remainingIntervalS === null) return formatDuration(remainingS)
  const [low, high] = remainingIntervalS.map(formatDuration)
  return `${formatDuration(remainingS)} (${low} – ${high})`
}

function countsText(counts: Counts, { paint }: Sheet): string {
  const finished = counts.succeeded + counts.failed
  const failed = `${formatCount(counts.failed)} failed`
  const parts = [
    `${formatCount(finished)} finished (${counts.failed > 0 ? paint('red', failed) : failed})`,
    ...(counts.cancelled > 0 ? [`${formatCount(counts.cancelled)} cancelled`] : []),
    `${formatCount(counts.running)} running`,
    `${formatCount(counts.pending + counts.retrying)} remaining`,
  ]
  return parts.join(', ')
}

function longestText({ name, remainingS }: NonNullable<Progress['longest']>): string {
  return `${shorten(sanitize(name), NAME_WIDTH)}: ${formatDuration(remainingS)}`
}
