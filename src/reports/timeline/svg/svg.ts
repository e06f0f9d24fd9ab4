import type { Timeline } from '../../../plan/timeline.ts'
import { sanitize } from '../../text/sanitize.ts'
import { ticks } from '../axis.ts'
import { type DrawnGroups, drawnGroups } from '../groups.ts'
import { type Lane, lanesOf } from '../lanes.ts'
import { drawBars } from './bars.ts'
import { escapeXml, line, type Rect, rect, round, text } from './draw.ts'
import { GROUP_COLOURS, THEME } from './theme.ts'

/** What stands around the bars. */
export interface SvgOptions {
  readonly title: string
  /** Lines below the title. */
  readonly notes?: readonly string[]
  /** Times to be marked by a line across all lanes: a lower bound, a predicted end. */
  readonly marks?: readonly { readonly atS: number; readonly label: string }[]
}

const WIDTH = 1200
const MARGIN = 20
const TITLE_HEIGHT = 30
const NOTE_HEIGHT = 17
const AXIS_HEIGHT = 30
const MARK_HEIGHT = 16
const LEGEND_HEIGHT = 20
const LANE_GAP = 4
/** The lanes should not be higher in all, as far as each can be seen. */
const LANES_HEIGHT = 900
const THREAD_HEIGHT = 14
const GPU_HEIGHT = 22
const LABEL_CHARACTER = 6.6

/**
 * A timeline as an SVG: a lane for each node and GPU, a bar for each job coloured by its group and as high as what it
 * holds, a time axis, a legend. What is thinner than a pixel is merged, so the file stays small for any number of jobs.
 */
export function timelineSvg(timeline: Timeline, { title, notes = [], marks = [] }: SvgOptions): string {
  const lanes = lanesOf(timeline)
  const groups = drawnGroups(timeline.bars, GROUP_COLOURS.length)
  const left = MARGIN + labelWidth(lanes)
  const endS = Math.max(timeline.endS, ...marks.map(mark => mark.atS)) || 1
  const top = MARGIN + TITLE_HEIGHT + notes.length * NOTE_HEIGHT + MARK_HEIGHT
  const places = placesOf(lanes, { x: left, y: top, width: WIDTH - MARGIN - left, height: 0 })
  const bottom = places.reduce((last, { y, height }) => Math.max(last, y + height), top)
  const plot = { x: left, y: top, width: WIDTH - MARGIN - left, height: bottom - top }
  const legend = drawLegend(groups, MARGIN, bottom + AXIS_HEIGHT + LEGEND_HEIGHT)
  return page(legend.bottom + MARGIN, title, [
    text(MARGIN, MARGIN + 14, title, { size: 17, bold: true }),
    ...notes.map((note, i) =>
      text(MARGIN, MARGIN + TITLE_HEIGHT + 6 + i * NOTE_HEIGHT, note, { fill: THEME.faint }),
    ),
    ...places.map(place => rect(place, ` fill="${THEME.lane}"`)),
    ...grid(endS, plot),
    ...lanes.flatMap((lane, i) => drawLane(lane, places[i] as Rect, endS, groups)),
    ...marks.map(mark => drawMark(mark, endS, plot)),
    ...legend.parts,
  ])
}

function page(height: number, title: string, parts: readonly string[]): string {
  const size = `viewBox="0 0 ${WIDTH} ${round(height)}" width="${WIDTH}" height="${round(height)}"`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escapeXml(title)}">`,
    rect({ x: 0, y: 0, width: WIDTH, height }, ` fill="${THEME.background}"`),
    `<g font-family="${THEME.font}" font-size="12" fill="${THEME.text}">`,
    ...parts,
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

function labelWidth(lanes: readonly Lane[]): number {
  const longest = Math.max(SHORTEST_LABEL, ...lanes.map(lane => shown(lane.label).length))
  return Math.ceil(longest * LABEL_CHARACTER) + 10
}

/** Room for `128 threads`. */
const SHORTEST_LABEL = 9
const LONGEST_LABEL = 18

function shown(label: string): string {
  const clean = sanitize(label)
  return clean.length > LONGEST_LABEL ? `${clean.slice(0, LONGEST_LABEL - 1)}…` : clean
}

/** Below each other: a node as high as its threads, in all not higher than there is room for. */
function placesOf(lanes: readonly Lane[], { x, y, width }: Rect): Rect[] {
  const wanted = lanes.map(lane =>
    lane.kind === 'gpu' ? GPU_HEIGHT : Math.min(260, Math.max(GPU_HEIGHT, lane.capacity * THREAD_HEIGHT)),
  )
  const sum = wanted.reduce((total, height) => total + height + LANE_GAP, 0)
  const share = Math.min(1, LANES_HEIGHT / sum)
  let next = y
  return wanted.map(height => {
    const place = { x, y: next, width, height: Math.max(6, height * share) }
    next += place.height + (share < 0.5 ? 1 : LANE_GAP)
    return place
  })
}

function drawLane(lane: Lane, place: Rect, endS: number, groups: DrawnGroups): string[] {
  const size = Math.min(12, place.height)
  const middle = place.y + place.height / 2 + size / 3
  const style = { anchor: 'end', size, ...(lane.kind === 'gpu' && { fill: THEME.faint }) } as const
  const label = text(place.x - 6, middle - (hasNote(lane, place) ? 7 : 0), shown(lane.label), style)
  return [label, ...noteOf(lane, place), ...drawBars(lane, place, endS, groups)]
}

function hasNote(lane: Lane, place: Rect): boolean {
  return lane.note !== undefined && place.height >= 30
}

function noteOf(lane: Lane, place: Rect): string[] {
  if (!hasNote(lane, place)) return []
  const style = { anchor: 'end', size: 10, fill: THEME.faint } as const
  return [text(place.x - 6, place.y + place.height / 2 + 10, lane.note ?? '', style)]
}

const TICK_WIDTH = 90

function grid(endS: number, plot: Rect): string[] {
  const bottom = plot.y + plot.height
  return ticks(endS, Math.floor(plot.width / TICK_WIDTH)).flatMap(({ atS, label }) => {
    const x = plot.x + (atS / endS) * plot.width
    return [
      line(x, plot.y, x, bottom + 5, ` stroke="${THEME.grid}"`),
      text(x, bottom + 19, label, { anchor: 'middle', fill: THEME.faint }),
    ]
  })
}

function drawMark({ atS, label }: { atS: number; label: string }, endS: number, plot: Rect): string {
  const x = plot.x + (atS / endS) * plot.width
  const anchor = x > plot.x + plot.width / 2 ? 'end' : 'start'
  return (
    line(
      x,
      plot.y - 3,
      x,
      plot.y + plot.height,
      ` stroke="${THEME.mark}" stroke-width="1.5" stroke-dasharray="5 4"`,
    ) + text(x, plot.y - 6, label, { anchor, fill: THEME.mark, size: 11 })
  )
}

function drawLegend(groups: DrawnGroups, x0: number, y0: number): { parts: string[]; bottom: number } {
  const parts: string[] = []
  let [x, y] = [x0, y0]
  for (const { name, colour } of groups.legend) {
    const label = sanitize(name).slice(0, 40)
    const width = 26 + label.length * LABEL_CHARACTER + 10
    if (x + width > WIDTH - MARGIN && x > x0) [x, y] = [x0, y + LEGEND_HEIGHT]
    parts.push(
      rect({ x, y: y - 10, width: 12, height: 12 }, ` rx="2" fill="${GROUP_COLOURS[colour] ?? THEME.faint}"`),
      text(x + 18, y, label),
    )
    x += width
  }
  return { parts, bottom: y }
}
