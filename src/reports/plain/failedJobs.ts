import type { Outcome } from '../../job.ts'
import type { RunReport } from '../../progress.ts'
import { formatCount } from '../text/amount.ts'
import { formatDuration } from '../text/duration.ts'
import { sanitize } from '../text/sanitize.ts'
import { shorten, truncate } from '../text/width.ts'
import type { LogTail } from './logTail.ts'
import { innerWidth, paragraph, type Sheet, section } from './sheet.ts'
import { messageOf, thrownLines } from './thrown.ts'

/** So many failed jobs are told of; all of them stand in results.jsonl. */
export const MOST_FAILED = 20

const LONGEST_MESSAGE = 400

/** The failed jobs that a report tells of. */
export function failedOf({ outcomes }: RunReport): Outcome[] {
  return outcomes.filter(outcome => outcome.status === 'failed')
}

/** Each failed job with its reason, the last lines of what it wrote, and where the whole of it is. */
export function failedJobs(report: RunReport, tails: ReadonlyMap<string, LogTail>, sheet: Sheet): string[] {
  const failed = failedOf(report)
  const told = failed.slice(0, MOST_FAILED)
  const lines = told.flatMap(outcome => failedJob(outcome, tails.get(outcome.id), sheet))
  const more = failed.length - told.length
  if (more > 0) lines.push(`… and ${formatCount(more)} more: see results.jsonl`)
  return section(sheet, `Failed jobs (${formatCount(failed.length)})`, lines)
}

function failedJob(outcome: Outcome, tail: LogTail | undefined, sheet: Sheet): string[] {
  const { paint } = sheet
  return [
    `${paint('red', '✗')} ${paint('bold', shorten(sanitize(outcome.name), innerWidth(sheet) - 4))}`,
    ...paragraph(sheet, reasonText(outcome), 4),
    ...quote(thrownLines(outcome.failure), sheet),
    ...(tail && outcome.startedAt !== null ? logEnd(tail, sheet) : []),
  ]
}

function logEnd({ of, path, lines }: LogTail, sheet: Sheet): string[] {
  return [
    ...(of === 'out' ? paragraph(sheet, 'its standard error is empty; its standard output ends:', 4) : []),
    ...quote(lines, sheet),
    `    ${sheet.paint('dim', sanitize(path))}`,
  ]
}

function quote(lines: readonly string[], sheet: Sheet): string[] {
  return lines.map(line => `    ${sheet.paint('dim', '│')} ${truncate(line, innerWidth(sheet) - 4)}`)
}

/** Why a job failed, in one line: `exit code 1, after 3.2 s, 3 attempts`. */
export function reasonText({ failure, durationS, startedAt, attempts, exitCode, signal }: Outcome): string {
  const ending = signal ? `ended by ${signal}` : `exit code ${exitCode ?? '?'}`
  const message = failure ? messageOf(failure) : ending
  const parts = [
    truncate(sanitize(firstLine(message)), LONGEST_MESSAGE),
    ...(startedAt === null ? [] : [`after ${formatDuration(durationS)}`]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
  ]
  return parts.join(', ')
}

function firstLine(text: string): string {
  return text.trim().split(/[\r\n]/, 1)[0] ?? ''
}
