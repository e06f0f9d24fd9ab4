import type { Box } from './stack.ts'

/** A grid over a lane: rows from its top, columns of equal time. */
export interface Grid {
  readonly rows: number
  readonly columns: number
  /** Amount at the top of the lane, and seconds at its right end. */
  readonly capacity: number
  readonly endS: number
}

/** What is to be seen in a cell: the group that takes most of it, and whether one of its jobs starts there. */
export interface Cell {
  readonly group: string
  readonly starts: boolean
}

/** So much of a cell has to be taken for it not to be empty. */
const LEAST = 0.25

/**
 * What is to be seen of boxes in a grid: a cell belongs to the group that takes most of it, and is `null` where less
 * than a quarter of it is taken. However many boxes there are, there are no more cells.
 */
export function raster(boxes: Iterable<Box>, grid: Grid): (Cell | null)[][] {
  const { rows, columns } = grid
  const taken = Array.from({ length: rows * columns }, () => new Map<string, number>())
  const starts = new Set<string>()
  for (const box of boxes) {
    const { left, right, top, bottom } = placeOf(box, grid)
    const { group } = box.bar
    for (let row = Math.floor(top); row < bottom && row < rows; row++) {
      const height = Math.min(bottom, row + 1) - Math.max(top, row)
      for (let column = Math.floor(left); column < right && column < columns; column++) {
        const width = Math.min(right, column + 1) - Math.max(left, column)
        const cell = taken[row * columns + column]
        cell?.set(group, (cell.get(group) ?? 0) + width * height)
      }
      starts.add(`${row} ${Math.floor(left)} ${group}`)
    }
  }
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => {
      const group = largest(taken[row * columns + column])
      return group === null ? null : { group, starts: starts.has(`${row} ${column} ${group}`) }
    }),
  )
}

/** In columns and rows of the grid. */
function placeOf(box: Box, { rows, columns, capacity, endS }: Grid) {
  const [perSecond, perAmount] = [columns / endS, rows / capacity]
  return {
    left: box.startS * perSecond,
    right: box.endS * perSecond,
    top: (capacity - box.to) * perAmount,
    bottom: (capacity - box.from) * perAmount,
  }
}

function largest(taken: ReadonlyMap<string, number> | undefined): string | null {
  let [sum, most, group] = [0, 0, null as string | null]
  for (const [name, area] of taken ?? []) {
    sum += area
    if (area > most) [most, group] = [area, name]
  }
  return sum >= LEAST ? group : null
}
