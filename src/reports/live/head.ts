import type { Counts, Progress, RunPicture } from '../../progress.ts'
import { formatCount, formatPercent } from '../text/amount.ts'
import { formatSoon } from '../text/date.ts'
import { formatDuration } from '../text/duration.ts'
import { sanitize } from '../text/sanitize.ts'
import { graceText, mayInterrupt } from '../text/stop.ts'
import { shorten, truncate, widthOf } from '../text/width.ts'
import { bar } from './bar.ts'
import type { Screen } from './screen.ts'

function stateText({ state, stop, now }: RunPicture): string {
  if (state === 'paused') return 'paused, nothing new is started'
  if (state === 'draining' && stop?.killsAt) return `draining, ${graceText(stop, now)}`
  if (state === 'draining')
    return `draining, ${mayInterrupt(stop) ? 'Ctrl-C ends the running jobs' : 'nothing new is started'}`
  return state === 'closing' && stop ? `closing, ${graceText(stop, now)}` : state
}

const WITH_LABEL = 60

/** Three lines, four on narrow terminals: state, progress bar, counts and remaining time. */
export function head(picture: RunPicture, screen: Screen): string[] {
  return [titleLine(picture, screen), progressLine(picture, screen), ...countLines(picture, screen)]
}

function titleLine(picture: RunPicture, { columns, paint }: Screen): string {
  const { state, runDir, progress } = picture
  const elapsed = (columns < WITH_LABEL ? '' : 'elapsed ') + formatDuration(progress.elapsedS)
  const title = truncate(`longshore  ${stateText(picture)}`, columns - widthOf(elapsed) - 2)
  const room = columns - widthOf(title) - widthOf(elapsed) - 4
  const folder = runDir !== null && room >= 12 ? shorten(sanitize(runDir), room) : ''
  const blanks = columns - widthOf(title) - widthOf(folder) - widthOf(elapsed) - 2
  const painted = paint(state === 'running' || state === 'ready' ? 'bold' : ['bold', 'yellow'], title)
  return `${painted}  ${paint('dim', folder)}${' '.repeat(Math.max(0, blanks))}${elapsed}`
}

function progressLine({ progress }: RunPicture, { columns, paint }: Screen): string {
  const percent = formatPercent(shareDone(progress)).padStart(5)
  return bar(shareDone(progress), columns - percent.length, 'green', paint) + percent
}

/** Share of the expected time; of the jobs, before a remaining time is known. */
function shareDone({ counts, fraction, remainingS }: Progress): number {
  const toDo = counts.total - counts.cancelled
  if (toDo <= 0) return 0
  return remainingS === null ? doneOf(counts) / toDo : fraction
}

/** A job that was cancelled is not done: it is counted apart. */
function doneOf({ succeeded, failed }: Counts): number {
  return succeeded + failed
}

/** Counts and remaining time on one line where both fit, else on two. */
function countLines(picture: RunPicture, { columns, paint }: Screen): string[] {
  const { counts } = picture.progress
  const text = truncate(countsText(counts), columns)
  const ways = remainingTexts(picture)
  const beside = ways.slice(0, -1).find(way => widthOf(text) + 2 + widthOf(way) <= columns)
  const painted = colourCounts(text, counts, paint)
  if (beside) return [painted + ' '.repeat(columns - widthOf(text) - widthOf(beside)) + paint('bold', beside)]
  const below = ways.find(way => widthOf(way) <= columns)
  return below ? [painted, paint('bold', below)] : [painted]
}

function countsText(counts: Counts): string {
  if (counts.total === 0) return 'no jobs yet'
  const parts = [
    `${formatCount(doneOf(counts))} of ${formatCount(counts.total)} done`,
    failedText(counts),
    counts.cancelled > 0 ? `${formatCount(counts.cancelled)} cancelled` : '',
    `${formatCount(counts.running)} running`,
    counts.retrying > 0 ? `${formatCount(counts.retrying)} retrying` : '',
  ]
  return parts.filter(part => part !== '').join('  ')
}

function failedText({ failed }: Counts): string {
  return failed > 0 ? `${formatCount(failed)} failed` : ''
}

function colourCounts(text: string, counts: Counts, paint: Screen['paint']): string {
  const failed = failedText(counts)
  return failed === '' ? text : text.replace(failed, paint('red', failed))
}

/** The remaining time, from the longest way to say it to the shortest; none where there is nothing to say. */
function remainingTexts({ progress, state, now }: RunPicture): string[] {
  const { remainingS, remainingIntervalS, endsAt } = progress
  if (state === 'ended' || progress.counts.total === 0) return []
  if (remainingS === null) return ['remaining time not known yet', 'not known yet']
  const left = `${formatDuration(remainingS)} left`
  const ends = endsAt === null ? '' : `, ends ${formatSoon(endsAt, now)}`
  const [low, high] = (remainingIntervalS ?? []).map(formatDuration)
  const interval = low === undefined ? '' : ` (${low} – ${high})`
  return [`${left}${interval}${ends}`, `${left}${interval}`, `${left}${ends}`, left]
}
