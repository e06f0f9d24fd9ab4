import { join } from 'node:path'
import type { Outcome } from '../../job.ts'
import type { Counts, RunReport } from '../../progress.ts'
import { countOf, formatCount, formatGib } from '../text/amount.ts'
import { formatDate } from '../text/date.ts'
import { formatDuration } from '../text/duration.ts'
import { sanitize } from '../text/sanitize.ts'
import { byWhom } from '../text/stop.ts'
import { tableLines } from '../text/table.ts'
import { failedJobs } from './failedJobs.ts'
import { remainingText } from './intermediate.ts'
import type { LogTail } from './logTail.ts'
import { field, innerWidth, rule, type Sheet, section } from './sheet.ts'

const MOST_GROUPS = 30

/** The ends of failed jobs' logs, by job id. */
export type Tails = ReadonlyMap<string, LogTail>

/** The END report: what the run came to, what failed and why, and what was learned. */
export function endReport(report: RunReport, tails: Tails, sheet: Sheet): string[] {
  return [
    rule(sheet, 'END REPORT', formatDate(report.endedAt)),
    field(sheet, 'start', formatDate(report.startedAt)),
    field(sheet, 'end', formatDate(report.endedAt)),
    field(sheet, 'duration', formatDuration(report.durationS)),
    field(sheet, 'jobs', countsText(report.counts, sheet)),
    ...stopped(report, sheet),
    ...goOn(report, sheet),
    ...late(report, sheet),
    ...firstEstimate(report, sheet),
    ...knownBefore(report, sheet),
    ...whereResultsAre(report, sheet),
    ...section(sheet, 'Time factors (duration / estimate)', groupTable(report, sheet)),
    ...section(sheet, 'Largest peak RAM / requested', ramTable(report, sheet)),
    ...failedJobs(report, tails, sheet),
  ]
}

function countsText(counts: Counts, { paint }: Sheet): string {
  const unfinished = counts.pending + counts.retrying + counts.running
  const parts = [
    `${formatCount(counts.succeeded)} succeeded`,
    ...(counts.failed > 0 ? [paint('red', `${formatCount(counts.failed)} failed`)] : []),
    ...(counts.cancelled > 0 ? [`${formatCount(counts.cancelled)} cancelled`] : []),
    ...(unfinished > 0 ? [`${formatCount(unfinished)} not run`] : []),
  ]
  return `${formatCount(counts.total)}: ${parts.join(', ')}`
}

/** That the run was stopped, and what was left undone by that. */
function stopped({ stop, startedAt, notStarted, outcomes }: RunReport, sheet: Sheet): string[] {
  if (stop === null) return []
  const ended = endedWhileRunning(outcomes)
  const after = formatDuration(Math.max(0, stop.at - startedAt) / 1000)
  const undone = [
    ...(notStarted > 0 || ended === 0 ? [`${countOf(notStarted, 'job')} not started`] : []),
    ...(ended > 0
      ? [`${notStarted > 0 ? formatCount(ended) : countOf(ended, 'job')} ended while running`]
      : []),
  ]
  return [field(sheet, 'stopped', `after ${after}${byWhom(stop)}: ${undone.join(', ')}`)]
}

function endedWhileRunning(outcomes: RunReport['outcomes']): number {
  return outcomes.filter(({ status, attempts }) => status === 'cancelled' && attempts > 0).length
}

/** How to have the rest run: of a run that was stopped, or that could not go on since its folder could not be written. */
function goOn({ stop, late, counts, notStarted, outcomes, runDir }: RunReport, sheet: Sheet): string[] {
  const ended = endedWhileRunning(outcomes)
  const left = stop === null ? counts.pending + counts.retrying - late : notStarted + ended
  return runDir === null || left <= 0 ? [] : [field(sheet, 'go on', `longshore resume ${sanitize(runDir)}`)]
}

/** What the time did not suffice for. */
function late({ late: count, runDir }: RunReport, sheet: Sheet): string[] {
  if (count === 0) return []
  const how = runDir === null ? '' : `: longshore resume ${sanitize(runDir)}`
  return [field(sheet, 'no time', `${countOf(count, 'job')} would not have ended before the deadline${how}`)]
}

/** How right the first remaining time was: what came after it, beside its interval and over what it said. */
function firstEstimate({ firstEstimate, durationS, stop }: RunReport, sheet: Sheet): string[] {
  // Of a run that was stopped nobody knows how long it would have taken.
  if (firstEstimate === null || stop !== null) return []
  const { atS, remainingS, intervalS } = firstEstimate
  const came = Math.max(0, durationS - atS)
  const expected = remainingText({ remainingS, remainingIntervalS: intervalS })
  const said = `after ${formatDuration(atS)}, ${expected} were expected`
  const ratio = remainingS > 0 ? ` (${factorText(came / remainingS)} ×)` : ''
  return [field(sheet, 'estimate', `${said}; it took ${formatDuration(came)}${ratio}`)]
}

/** What was known from earlier runs, where anything was. */
function knownBefore({ history, counts }: RunReport, sheet: Sheet): string[] {
  if (history === null || history.jobs + history.groups === 0) return []
  const jobs = `${formatCount(history.jobs)} of ${countOf(counts.total, 'job')}`
  const known = history.jobs > 0 ? jobs : countOf(history.groups, 'group')
  return [field(sheet, 'history', `${known} known from earlier runs, by ${sanitize(history.path)}`)]
}

function whereResultsAre({ runDir }: RunReport, sheet: Sheet): string[] {
  return runDir === null ? [] : [field(sheet, 'results', sanitize(join(runDir, 'results.jsonl')))]
}

function groupTable({ groups, outcomes }: RunReport, sheet: Sheet): string[] {
  if (groups.length === 0) return []
  const durations = Map.groupBy(outcomes.filter(succeeded), outcome => outcome.group)
  const rows = groups
    .slice(0, MOST_GROUPS)
    .map(({ group, factor, jobs }) => [
      sanitize(group),
      jobs > 0 ? factorText(factor) : '–',
      formatCount(jobs),
      meanText(durations.get(group) ?? []),
    ])
  const head = sheet.width < NARROW ? GROUP_HEAD_NARROW : GROUP_HEAD
  const table = tableLines([head, ...rows], {
    columns: ['flexible', 'right', 'right', 'right'],
    width: innerWidth(sheet),
  })
  const more = groups.length - rows.length
  return more > 0 ? [...table, `… and ${countOf(more, 'more group')}`] : table
}

const GROUP_HEAD = ['group', 'factor', 'from jobs', 'mean duration']
const GROUP_HEAD_NARROW = ['group', 'factor', 'jobs', 'mean']
const NARROW = 60

function succeeded(outcome: Outcome): boolean {
  return outcome.status === 'succeeded'
}

function factorText(factor: number): string {
  if (factor >= 100) return formatCount(Math.round(factor))
  if (factor >= 0.1 || factor === 0) return factor.toFixed(2)
  return factor >= 0.0001 ? factor.toFixed(4) : '<0.0001'
}

function meanText(outcomes: readonly Outcome[]): string {
  const sum = outcomes.reduce((total, { durationS }) => total + durationS, 0)
  return outcomes.length > 0 ? formatDuration(sum / outcomes.length) : '–'
}

function ramTable({ ramRatios }: RunReport, sheet: Sheet): string[] {
  if (ramRatios.length === 0) return []
  const rows = ramRatios.map(({ name, peakRamGb, requestedRamGb }) => [
    sanitize(name),
    requestedRamGb > 0 ? `${(peakRamGb / requestedRamGb).toFixed(2)} ×` : '–',
    `${formatGib(peakRamGb)}/${formatGib(requestedRamGb)} GiB`,
  ])
  return tableLines(rows, { columns: ['flexible', 'right', 'right'], width: innerWidth(sheet) })
}
