import type { RunningJob } from '../../progress.ts'
import { ramText } from '../plain/running.ts'
import { formatCount } from '../text/amount.ts'
import { formatDuration } from '../text/duration.ts'
import type { Paint } from '../text/paint.ts'
import { sanitize } from '../text/sanitize.ts'
import { alignRows, GAP } from '../text/table.ts'
import { truncate, widthOf } from '../text/width.ts'
import { bar } from './bar.ts'
import type { Screen } from './screen.ts'

/** From so many columns on there is room for the elapsed time; the RAM; a bar, the GPUs and the node. */
const WITH_ELAPSED = 34
const WITH_RAM = 56
const WITH_BAR = 100

/** Columns of the usual durations, so that a table does not twitch when `9.9 s` becomes `10 s`. */
const DURATION_WIDTH = 7

/** The running jobs, longest remaining first, as many as fit into `most` lines with a heading. */
export function running(jobs: readonly RunningJob[], screen: Screen, most: number): string[] {
  if (jobs.length === 0 || most < 2) return []
  const room = most - 1
  const shown = jobs.slice(0, jobs.length > room ? room - 1 : room)
  const more = jobs.length - shown.length
  const { kinds, cells } = firstThatFits(jobs, shown, screen)
  return [
    ...cells.map((row, index) => paintRow(row, kinds, shown[index - 1], screen)),
    ...(more > 0 ? [screen.paint('dim', truncate(`  … and ${formatCount(more)} more`, screen.columns))] : []),
  ]
}

interface Table {
  readonly kinds: readonly Column[]
  readonly cells: readonly (readonly string[])[]
}

function firstThatFits(jobs: readonly RunningJob[], shown: readonly RunningJob[], screen: Screen): Table {
  for (const kinds of waysOf(jobs, screen)) {
    const table = tableOf(kinds, shown, screen)
    if (widthOf(table.cells[0]?.join(' '.repeat(GAP)) ?? '') <= screen.columns) return table
  }
  return tableOf([NAME], shown, screen)
}

function tableOf(kinds: readonly Column[], shown: readonly RunningJob[], { columns }: Screen): Table {
  const rows = [kinds.map(kind => kind.title), ...shown.map(job => kinds.map(kind => kind.text(job)))]
  const cells = alignRows(rows, { columns: kinds.map(kind => kind.align), width: columns, fill: true })
  return { kinds, cells }
}

interface Column {
  readonly title: string
  readonly align: 'left' | 'right' | 'flexible'
  readonly text: (job: RunningJob) => string
  readonly style?: (job: RunningJob) => 'yellow' | 'red' | null
  /** What is drawn in the place of the text, just as wide. */
  readonly paint?: (job: RunningJob) => string
}

const NAME: Column = {
  title: 'running',
  align: 'flexible',
  text: job => sanitize(job.name) + (job.attempt > 1 ? ` (attempt ${job.attempt})` : ''),
}
const NODE: Column = { title: 'node', align: 'left', text: job => truncate(sanitize(job.node), 20) }
const GPUS: Column = { title: 'GPU', align: 'left', text: job => truncate(job.gpus.join(','), 16) }
const ELAPSED: Column = { title: 'elapsed', align: 'right', text: job => durationText(job.elapsedS) }
const LEFT: Column = {
  title: 'left',
  align: 'right',
  text: job => `${job.overdue ? 'overdue ' : ''}${durationText(job.remainingS)}`,
  style: job => (job.overdue ? 'yellow' : null),
}
const LEFT_NARROW: Column = {
  ...LEFT,
  text: job => `${job.overdue ? '! ' : ''}${durationText(job.remainingS)}`,
}
const RAM: Column = {
  title: 'RAM/requested',
  align: 'right',
  text: ramText,
  style: job => (job.hasAskedForRam && (job.ramGb ?? 0) > job.requestedRamGb ? 'red' : null),
}

/** How far a job is, by its own expected time. */
function barColumn(width: number, paint: Paint): Column {
  return {
    title: '',
    align: 'left',
    text: () => ' '.repeat(width),
    paint: job => bar(job.elapsedS / (job.elapsedS + job.remainingS), width, 'green', paint),
  }
}

/** The columns of the table, from most to fewest, that a terminal of this width may show. */
function waysOf(jobs: readonly RunningJob[], { columns, paint }: Screen): Column[][] {
  const severalNodes = new Set(jobs.map(job => job.node)).size > 1
  const withGpus = jobs.some(job => job.gpus.length > 0)
  const place = [...(severalNodes ? [NODE] : []), ...(withGpus ? [GPUS] : [])]
  const done = barColumn(Math.max(12, Math.floor((columns - WITH_BAR) / 3) + 12), paint)
  const ways = [
    { from: WITH_BAR, kinds: [NAME, ...place, done, ELAPSED, LEFT, RAM] },
    { from: WITH_RAM, kinds: [NAME, ELAPSED, LEFT, RAM] },
    { from: WITH_ELAPSED, kinds: [NAME, ELAPSED, LEFT_NARROW] },
    { from: 0, kinds: [NAME, LEFT_NARROW] },
  ]
  return ways.filter(({ from }) => columns >= from).map(({ kinds }) => kinds)
}

function durationText(seconds: number): string {
  return formatDuration(seconds).padStart(DURATION_WIDTH)
}

/** The heading is dim; a job's cells have their own colours. */
function paintRow(
  cells: readonly string[],
  kinds: readonly Column[],
  job: RunningJob | undefined,
  { paint, columns }: Screen,
): string {
  const gap = ' '.repeat(GAP)
  if (!job) return paint('dim', truncate(cells.join(gap), columns))
  const painted = cells.map((cell, index) => {
    const style = kinds[index]?.style?.(job)
    return kinds[index]?.paint?.(job) ?? (style ? paint(style, cell) : cell)
  })
  return painted.join(gap)
}
