import { formatGib } from '../../text/amount.ts'
import { formatDuration } from '../../text/duration.ts'
import type { DrawnGroups } from '../groups.ts'
import type { Lane } from '../lanes.ts'
import { raster } from '../raster.ts'
import { type Box, stack } from '../stack.ts'
import { path, type Rect, rect, text } from './draw.ts'
import { GROUP_COLOURS, THEME } from './theme.ts'

/** Narrower boxes are merged, by what most of a pixel is taken by. */
const LEAST_WIDTH = 1
/** Narrower boxes are drawn as one path a group: nobody could rest a mouse on them. */
const LEAST_RECT = 3
const CHARACTER_WIDTH = 6.2
const LEAST_TEXT = { width: 30, height: 11 } as const
/** Room between boxes. */
const GAP = 0.6

/** The jobs of a lane in its place: what is wide enough has a name and tells of itself; what is thin is merged. */
export function drawBars(lane: Lane, place: Rect, endS: number, groups: DrawnGroups): string[] {
  const boxes = stack(lane)
  const scale = { x: place.width / endS, y: place.height / lane.capacity }
  const widthOf = (box: Box) => (box.endS - box.startS) * scale.x
  const rectOf = (box: Box): Rect => {
    const [width, height] = [widthOf(box), (box.to - box.from) * scale.y]
    return {
      x: place.x + box.startS * scale.x,
      y: place.y + (lane.capacity - box.to) * scale.y,
      width: Math.max(0.5, width - (width > LEAST_RECT ? GAP : 0)),
      height: Math.max(0.5, height - (height > LEAST_RECT ? GAP : 0)),
    }
  }
  const thin = boxes.filter(box => widthOf(box) < LEAST_WIDTH && !hasFailed(box))
  const narrow = boxes.filter(
    box => widthOf(box) < LEAST_RECT && (widthOf(box) >= LEAST_WIDTH || hasFailed(box)),
  )
  const wide = boxes.filter(box => widthOf(box) >= LEAST_RECT)
  return [
    ...merged(thin, lane, place, endS, groups),
    ...wide.map(box => drawBar(box, rectOf(box), groups)),
    ...paths(narrow, rectOf, groups),
  ]
}

function colourOf(group: string, groups: DrawnGroups): string {
  return GROUP_COLOURS[groups.of(group).colour] ?? THEME.faint
}

/** Runs of equal cells of a grid of pixels. */
function merged(boxes: readonly Box[], lane: Lane, place: Rect, endS: number, groups: DrawnGroups): string[] {
  if (boxes.length === 0) return []
  const rows = Math.max(1, Math.min(Math.floor(place.height / 3), Math.round(lane.capacity / lane.smallest)))
  const columns = Math.floor(place.width)
  const grid = raster(boxes, { rows, columns, capacity: lane.capacity, endS })
  const cell = { width: place.width / columns, height: place.height / rows }
  const rects = new Map<string, Rect[]>()
  grid.forEach((row, y) => {
    for (let from = 0; from < columns; ) {
      const colour = colourAt(row[from], groups)
      let to = from + 1
      while (to < columns && colourAt(row[to], groups) === colour) to++
      if (colour !== null) {
        const own = rects.get(colour) ?? []
        rects.set(colour, own)
        own.push({
          x: place.x + from * cell.width,
          y: place.y + y * cell.height,
          width: (to - from) * cell.width,
          height: cell.height,
        })
      }
      from = to
    }
  })
  return [...rects].map(([colour, own]) => path(own, colour))
}

function colourAt(cell: { readonly group: string } | null | undefined, groups: DrawnGroups): string | null {
  return cell ? colourOf(cell.group, groups) : null
}

function paths(boxes: readonly Box[], rectOf: (box: Box) => Rect, groups: DrawnGroups): string[] {
  const byColour = Map.groupBy(boxes, box =>
    hasFailed(box) ? THEME.failed : colourOf(box.bar.group, groups),
  )
  return [...byColour].map(([colour, own]) => path(own.map(rectOf), colour))
}

function drawBar(box: Box, place: Rect, groups: DrawnGroups): string {
  const { bar } = box
  const outline = hasFailed(box) ? ` stroke="${THEME.failed}" stroke-width="2" stroke-dasharray="3 2"` : ''
  const colour = colourOf(bar.group, groups)
  const shape = rect(place, ` rx="1.5" fill="${colour}"${outline}`, tellOf(box))
  return shape + nameIn(bar.name, place, colour)
}

/** The name, where there is room for some of it. */
function nameIn(name: string, { x, y, width, height }: Rect, colour: string): string {
  if (width < LEAST_TEXT.width || height < LEAST_TEXT.height) return ''
  const most = Math.floor((width - 8) / CHARACTER_WIDTH)
  const shown = [...name].length > most ? `${[...name].slice(0, Math.max(1, most - 1)).join('')}…` : name
  return text(x + 4, y + height / 2 + 3.5, shown, { fill: inkOn(colour), size: 10 })
}

/** What has failed is to be seen, however short it was. */
function hasFailed({ bar }: Box): boolean {
  return bar.status === 'failed' || bar.status === 'cancelled'
}

/** Dark or light, whichever is easier to read on a colour. */
function inkOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16))
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? THEME.text : THEME.onBar
}

function tellOf({ bar }: Box): string {
  const { name, group, startS, endS, threads, ramGb, gpus, gpuShare, status } = bar
  const amounts = [
    `${threads} thread${threads === 1 ? '' : 's'}`,
    ...(ramGb > 0 ? [`${formatGib(ramGb)} GiB`] : []),
    ...(gpus.length > 0 ? [`GPU ${gpus.join(', ')}${gpuShare < 1 ? ` (${gpuShare} of each)` : ''}`] : []),
  ]
  const when = `${formatDuration(startS)} – ${formatDuration(endS)} (${formatDuration(endS - startS)})`
  return [name, `group ${group}`, when, amounts.join(', '), ...(status === 'planned' ? [] : [status])].join(
    '\n',
  )
}
