import type { RunningJob, RunPicture } from '../../progress.ts'
import { countOf, formatGib } from '../text/amount.ts'
import { formatDate } from '../text/date.ts'
import { formatDuration } from '../text/duration.ts'
import { sanitize } from '../text/sanitize.ts'
import { tableLines } from '../text/table.ts'
import { innerWidth, rule, type Sheet, section } from './sheet.ts'

const MOST_JOBS = 50

/** The RUNNING report: each job that runs, how long it has run, and how long it is still expected to. */
export function runningReport({ running, now }: RunPicture, sheet: Sheet): string[] {
  const rows = running.slice(0, MOST_JOBS).map(rowOf)
  const table = tableLines([HEAD, ...rows], {
    columns: ['flexible', 'right', 'right', 'right', 'left'],
    width: innerWidth(sheet),
  }).map(line => line.trimEnd())
  const more = running.length - rows.length
  return [
    rule(sheet, 'RUNNING REPORT', formatDate(now)),
    ...section(sheet, `${countOf(running.length, 'job')} running`, table).slice(1),
    ...(more > 0 ? [`    … and ${more} more`] : []),
  ]
}

const HEAD = ['job', 'elapsed', 'remaining', 'RAM/requested', '']

function rowOf(job: RunningJob): string[] {
  return [
    sanitize(job.name),
    formatDuration(job.elapsedS),
    formatDuration(job.remainingS),
    ramText(job),
    job.overdue ? 'overdue' : '',
  ]
}

/** `3.1/4 GiB`; only what was requested where nothing was measured. */
export function ramText({ ramGb, requestedRamGb }: Pick<RunningJob, 'ramGb' | 'requestedRamGb'>): string {
  return `${ramGb === null ? '–' : formatGib(ramGb)}/${formatGib(requestedRamGb)} GiB`
}
