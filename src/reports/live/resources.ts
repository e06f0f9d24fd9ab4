import type { NodeUse, Use } from '../../progress.ts'
import { countOf, formatAmount, formatGib, formatPercent } from '../text/amount.ts'
import { sanitize } from '../text/sanitize.ts'
import { padEnd, padStart, shorten, truncate, widthOf } from '../text/width.ts'
import { bar } from './bar.ts'
import type { Screen } from './screen.ts'

const LEAST_CELL = 36
const CELL_GAP = 3
const MOST_CELLS_A_ROW = 4

/** A resource: what is used of it, as a bar, and in figures. */
interface Meter {
  readonly use: Use
  readonly figures: string
}

/** One cell of the grid: a label and one meter, or two (share and RAM of a GPU). */
interface Cell {
  readonly label: string
  readonly meters: readonly Meter[]
}

/**
 * A bar for each resource, in at most `most` lines: every node with every GPU; where that is too much, the GPUs of
 * a node taken together; then all nodes taken together; then nothing.
 */
export function resources(nodes: readonly NodeUse[], screen: Screen, most: number): string[] {
  const named = nodes.length > 1
  const ways = [
    () => nodes.flatMap(node => nodeLines(node, [...cellsOf(node), ...gpuCells(node)], named, screen)),
    () => nodes.flatMap(node => nodeLines(node, [...cellsOf(node), ...gpusTogether(node)], named, screen)),
    () => grid([...cellsOf(together(nodes)), ...gpusTogether(together(nodes))], screen),
  ]
  for (const way of ways) {
    const lines = way()
    if (lines.length <= most) return lines
  }
  return []
}

function nodeLines(node: NodeUse, cells: readonly Cell[], named: boolean, screen: Screen): string[] {
  const name = named ? [screen.paint('dim', truncate(sanitize(node.name), screen.columns))] : []
  return [...name, ...grid(cells, screen)]
}

function cellsOf({ threads, ramGb, resources }: NodeUse): Cell[] {
  return [
    { label: 'threads', meters: [amountMeter(threads)] },
    { label: 'RAM', meters: [gibMeter(ramGb)] },
    ...Object.entries(resources).map(([name, use]) => ({
      label: sanitize(name),
      meters: [amountMeter(use)],
    })),
  ]
}

function gpuCells({ gpus }: NodeUse): Cell[] {
  return gpus.map(({ share, ramGb }, index) => gpuCell(`GPU ${index}`, share, ramGb))
}

function gpusTogether({ gpus }: NodeUse): Cell[] {
  if (gpus.length === 0) return []
  const [share, ramGb] = [sum(gpus.map(gpu => gpu.share)), sum(gpus.map(gpu => gpu.ramGb))]
  return [gpuCell(countOf(gpus.length, 'GPU'), share, ramGb)]
}

function gpuCell(label: string, share: Use, ramGb: Use): Cell {
  return { label, meters: [shareMeter(share), gibMeter(ramGb)] }
}

function amountMeter(use: Use): Meter {
  return { use, figures: `${formatAmount(use.used)}/${formatAmount(use.capacity)}` }
}

function gibMeter(use: Use): Meter {
  return { use, figures: `${formatGib(use.used)}/${formatGib(use.capacity)} GiB` }
}

function shareMeter(use: Use): Meter {
  return { use, figures: formatPercent(shareOf(use)) }
}

function shareOf({ used, capacity }: Use): number {
  return capacity > 0 ? used / capacity : 0
}

/** Cells in columns that stand under each other; cells of two meters in a grid of their own. */
function grid(cells: readonly Cell[], screen: Screen): string[] {
  const [single, double] = [
    cells.filter(cell => cell.meters.length === 1),
    cells.filter(cell => cell.meters.length > 1),
  ]
  return [...gridOf(single, screen), ...gridOf(double, screen)]
}

function gridOf(cells: readonly Cell[], screen: Screen): string[] {
  const perRow = cellsPerRow(screen.columns, cells.length)
  const width = Math.floor((screen.columns - CELL_GAP * (perRow - 1)) / perRow)
  const texts = drawCells(cells, width, screen)
  const rows = Array.from({ length: Math.ceil(texts.length / perRow) }, (_, row) =>
    texts.slice(row * perRow, (row + 1) * perRow),
  )
  return rows.map(row => row.join(' '.repeat(CELL_GAP)))
}

/** 1, 2 or 4, so that the columns of both grids stand under each other; not 4 where 2 are enough. */
function cellsPerRow(columns: number, cells: number): number {
  const fit = Math.floor((columns + CELL_GAP) / (LEAST_CELL + CELL_GAP))
  if (fit < 2) return 1
  return fit >= MOST_CELLS_A_ROW && cells > 2 ? MOST_CELLS_A_ROW : 2
}

function drawCells(cells: readonly Cell[], width: number, screen: Screen): string[] {
  const labelWidth = Math.min(Math.max(0, ...cells.map(cell => widthOf(cell.label))), Math.floor(width / 3))
  const meters = cells[0]?.meters.length ?? 0
  const figureWidths = Array.from({ length: meters }, (_, index) =>
    Math.max(...cells.map(cell => widthOf(cell.meters[index]?.figures ?? ''))),
  )
  return cells.map(cell => drawCell(cell, { width, labelWidth, figureWidths }, screen))
}

interface CellWidths {
  readonly width: number
  readonly labelWidth: number
  readonly figureWidths: readonly number[]
}

function drawCell(cell: Cell, { width, labelWidth, figureWidths }: CellWidths, { paint }: Screen): string {
  const label = padEnd(shorten(cell.label, labelWidth), labelWidth)
  const fixed = labelWidth + figureWidths.reduce((sum, figures) => sum + figures + 2, 0)
  const room = Math.max(0, width - fixed)
  const bars = cell.meters.map((_, index) => Math.floor((room + index) / cell.meters.length))
  const parts = cell.meters.map(({ use, figures }, index) => {
    const drawn = bar(shareOf(use), bars[index] ?? 0, 'cyan', paint)
    return ` ${drawn} ${padStart(figures, figureWidths[index] ?? 0)}`
  })
  return fixed <= width ? paint('dim', label) + parts.join('') : narrowCell(cell, width)
}

/** Without a bar, where there is no room for one. */
function narrowCell({ label, meters }: Cell, width: number): string {
  return padEnd(truncate(`${label} ${meters.map(meter => meter.figures).join(' ')}`, width), width)
}

function together(nodes: readonly NodeUse[]): NodeUse {
  const names = new Set(nodes.flatMap(node => Object.keys(node.resources)))
  const nothing = { used: 0, capacity: 0 }
  const own = [...names].map(name => [name, sum(nodes.map(node => node.resources[name] ?? nothing))] as const)
  return {
    name: countOf(nodes.length, 'node'),
    threads: sum(nodes.map(node => node.threads)),
    ramGb: sum(nodes.map(node => node.ramGb)),
    gpus: nodes.flatMap(node => node.gpus),
    resources: Object.fromEntries(own),
  }
}

function sum(uses: readonly Use[]): Use {
  return uses.reduce(
    (total, use) => ({ used: total.used + use.used, capacity: total.capacity + use.capacity }),
    { used: 0, capacity: 0 },
  )
}
