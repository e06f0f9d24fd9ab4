import type { Timeline } from '../../plan/timeline.ts'
import { countOf } from '../text/amount.ts'
import { formatDuration } from '../text/duration.ts'
import type { Paint, Style } from '../text/paint.ts'
import { sanitize } from '../text/sanitize.ts'
import { padEnd, shorten, widthOf } from '../text/width.ts'
import { ticks } from './axis.ts'
import { type DrawnGroup, type DrawnGroups, drawnGroups } from './groups.ts'
import { type Lane, lanesOf } from './lanes.ts'
import { type Cell, raster } from './raster.ts'
import { stack } from './stack.ts'

/** How a timeline is drawn in a terminal. */
export interface TextTimelineOptions {
  /** Of the terminal; at least 40. */
  readonly columns: number
  /** Whether groups are told apart by colours; else by letters. */
  readonly colour: boolean
  readonly paint: Paint
}

/** Lines that all lanes together should not be higher than, as far as each has one. */
const HEIGHT = 24
const MOST_ROWS = 12
const MOST_LANES = 40
const LABEL_WIDTH = 14
const NARROWEST = 40

const COLOURS = ['cyan', 'yellow', 'magenta', 'green', 'blue', 'red', 'gray'] as const satisfies Style[]
const MOST_LETTERS = 12

/**
 * A timeline as lines of text: a lane for each node and GPU, as high as its threads where there is room, a block of
 * its group's colour (or letter) for each job, a time axis, a legend. What is narrower than a column is merged.
 */
export function timelineText(timeline: Timeline, options: TextTimelineOptions): string[] {
  const all = lanesOf(timeline, MOST_LANES)
  const lanes = all.slice(0, MOST_LANES)
  const groups = drawnGroups(timeline.bars, options.colour ? COLOURS.length : MOST_LETTERS)
  const labels = lanes.map(lane => sanitize(lane.label))
  const labelWidth = Math.min(
    LABEL_WIDTH,
    Math.max(...labels.map(widthOf), ...lanes.map(lane => lane.note?.length ?? 0), 0),
  )
  const width = Math.max(NARROWEST, options.columns) - labelWidth - 1
  const endS = timeline.endS > 0 ? timeline.endS : 1
  const rows = rowsOf(lanes)
  const drawn = lanes.flatMap((lane, i) =>
    drawLane(lane, { rows: rows[i] ?? 1, width, endS }, groups, options).map((line, row) => {
      const label = shorten(row === 0 ? (labels[i] ?? '') : row === 1 ? (lane.note ?? '') : '', labelWidth)
      return `${options.paint('dim', padEnd(label, labelWidth))} ${line}`
    }),
  )
  const indent = ' '.repeat(labelWidth + 1)
  return [
    ...drawn,
    ...moreLanes(all.length - lanes.length, indent),
    ...axis(endS, width).map(line => options.paint('dim', indent + line)),
    '',
    ...legend(groups, width, options).map(line => indent + line),
  ]
}

function moreLanes(more: number, indent: string): string[] {
  return more > 0 ? [`${indent}… and ${countOf(more, 'more lane')}`] : []
}

/** As many rows as its jobs can stand above each other, as far as there is room for all lanes. */
function rowsOf(lanes: readonly Lane[]): number[] {
  const wanted = lanes.map(({ capacity, smallest }) =>
    Math.min(MOST_ROWS, Math.max(1, Math.round(capacity / smallest))),
  )
  const sum = wanted.reduce((total, rows) => total + rows, 0)
  const share = Math.min(1, HEIGHT / sum)
  return wanted.map(rows => Math.max(1, Math.floor(rows * share)))
}

interface LaneSize {
  readonly rows: number
  readonly width: number
  readonly endS: number
}

function drawLane(
  lane: Lane,
  { rows, width, endS }: LaneSize,
  groups: DrawnGroups,
  options: TextTimelineOptions,
): string[] {
  const grid = { rows, columns: width, capacity: lane.capacity, endS }
  return raster(stack(lane), grid).map(row => drawRow(row, groups, options))
}

/** Runs of cells that look the same are painted at once. */
function drawRow(
  row: readonly (Cell | null)[],
  groups: DrawnGroups,
  { colour, paint }: TextTimelineOptions,
): string {
  let line = ''
  for (let i = 0; i < row.length; ) {
    const group = groupOf(row[i], groups)
    let end = i + 1
    while (end < row.length && groupOf(row[end], groups) === group) end++
    const cells = row.slice(i, end)
    if (!group) line += paint('dim', '·'.repeat(cells.length))
    else if (colour)
      line += paint(COLOURS[group.colour] ?? 'gray', cells.map((_, nth) => blockOf(cells, nth)).join(''))
    else line += cells.map((cell, nth) => letterOf(cell, nth, group)).join('')
    i = end
  }
  return line
}

function groupOf(cell: Cell | null | undefined, groups: DrawnGroups): DrawnGroup | null {
  return cell ? groups.of(cell.group) : null
}

/** A small gap tells where a job ends and the next of its group starts, unless all are as short as a column. */
function blockOf(cells: readonly (Cell | null)[], nth: number): string {
  const goesOn = cells[nth + 1]?.starts === false
  return nth > 0 && cells[nth]?.starts && goesOn ? '▐' : '█'
}

/** The letter where a job starts, and where the group that is seen is another one than before. */
function letterOf(cell: Cell | null, nth: number, { letter }: DrawnGroup): string {
  return nth === 0 || cell?.starts ? letter : '━'
}

const TICK_WIDTH = 11

/** The ticks, and their times below them. */
function axis(endS: number, width: number): [string, string] {
  const marks = ['└', ...'─'.repeat(width - 1)]
  let labels = ''
  for (const { atS, label } of ticks(endS, Math.max(1, Math.floor(width / TICK_WIDTH)))) {
    const at = Math.min(width - 1, Math.round((atS / endS) * width))
    if (at > 0) marks[at] = '┴'
    if (at + label.length <= width) labels = padEnd(labels, at) + label
  }
  const end = formatDuration(endS)
  const room = width - widthOf(labels) - widthOf(end)
  return [marks.join(''), room > 1 ? labels + ' '.repeat(room) + end : labels]
}

/** `█ xgb  █ lgbm`, in as many lines as it takes. */
function legend({ legend }: DrawnGroups, width: number, { colour, paint }: TextTimelineOptions): string[] {
  const lines: string[] = []
  let [line, taken] = ['', 0]
  for (const group of legend) {
    const name = shorten(sanitize(group.name), 30)
    const mark = colour ? paint(COLOURS[group.colour] ?? 'gray', '█') : group.letter
    const entry = widthOf(name) + 2
    if (taken > 0 && taken + 3 + entry > width) {
      lines.push(line)
      ;[line, taken] = ['', 0]
    }
    line += `${taken > 0 ? '   ' : ''}${mark} ${name}`
    taken += (taken > 0 ? 3 : 0) + entry
  }
  return line ? [...lines, line] : lines
}
