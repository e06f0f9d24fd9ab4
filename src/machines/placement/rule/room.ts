import type { Free } from '../free.ts'
import { CORES, type Columns, RAM, type Shapes, THREADS } from './shapes.ts'

/**
 * What is free on a node, as numbers in a row: an amount for each column, then share and RAM of each GPU. Many rows
 * stand one after the other in one array; a row is named by the array and where it begins.
 */
export type Rows = Float64Array

/** Length of a node's row. */
export function rowLength(columns: number, gpus: number): number {
  return columns + 2 * gpus
}

/** Writes what is free on a node into its row; `cores` is how many physical cores count as free. */
export function writeRow(rows: Rows, at: number, free: Free, columns: Columns, cores: number): void {
  rows[at + THREADS] = free.threads
  rows[at + RAM] = free.ram
  rows[at + CORES] = cores
  for (const name of columns.own) rows[at + columns.of(name)] = free.resources[name] ?? 0
  free.gpus.forEach((gpu, i) => {
    rows[at + columns.count + 2 * i] = gpu.share
    rows[at + columns.count + 2 * i + 1] = gpu.ram
  })
}

/** Whether a shape fits into a row with so many GPUs. */
export function fits(shapes: Shapes, shape: number, rows: Rows, at: number, gpus: number): boolean {
  const { columns, need } = shapes
  const row = shape * columns
  for (let c = 0; c < columns; c++) if ((need[row + c] ?? 0) > (rows[at + c] ?? 0)) return false
  let wanted = shapes.gpus[shape] ?? 0
  if (wanted === 0) return true
  const share = shapes.gpuShare[shape] ?? 0
  const ram = shapes.gpuRam[shape] ?? 0
  const first = at + columns
  for (let g = 0; g < gpus; g++) {
    if ((rows[first + 2 * g] ?? 0) >= share && (rows[first + 2 * g + 1] ?? 0) >= ram && --wanted === 0)
      return true
  }
  return false
}

const NO_GPUS: readonly number[] = []

/** The GPUs that a shape gets in a row where it fits: the tightest, as `fit` chooses them. */
export function chooseGpus(
  shapes: Shapes,
  shape: number,
  rows: Rows,
  at: number,
  gpus: number,
): readonly number[] {
  const wanted = shapes.gpus[shape] ?? 0
  if (wanted === 0) return NO_GPUS
  const chosen: number[] = []
  while (chosen.length < wanted) {
    const next = tightest(shapes, shape, rows, at + shapes.columns, gpus, chosen)
    if (next < 0) return chosen
    chosen.push(next)
  }
  return chosen
}

function tightest(
  shapes: Shapes,
  shape: number,
  rows: Rows,
  first: number,
  gpus: number,
  taken: readonly number[],
): number {
  let best = -1
  let bestShare = Number.POSITIVE_INFINITY
  let bestRam = Number.POSITIVE_INFINITY
  for (let g = 0; g < gpus; g++) {
    const share = rows[first + 2 * g] ?? 0
    const ram = rows[first + 2 * g + 1] ?? 0
    if (share < (shapes.gpuShare[shape] ?? 0) || ram < (shapes.gpuRam[shape] ?? 0)) continue
    if (share > bestShare || (share === bestShare && ram >= bestRam) || taken.includes(g)) continue
    best = g
    bestShare = share
    bestRam = ram
  }
  return best
}

/** Takes what a shape needs out of a row (−1), or gives it back (1). */
export function change(
  shapes: Shapes,
  shape: number,
  rows: Rows,
  at: number,
  gpus: readonly number[],
  sign: 1 | -1,
): void {
  const { columns, need } = shapes
  const row = shape * columns
  for (let c = 0; c < columns; c++) rows[at + c] = (rows[at + c] ?? 0) + sign * (need[row + c] ?? 0)
  for (let i = 0; i < gpus.length; i++) {
    const gpu = at + columns + 2 * (gpus[i] ?? 0)
    rows[gpu] = (rows[gpu] ?? 0) + sign * (shapes.gpuShare[shape] ?? 0)
    rows[gpu + 1] = (rows[gpu + 1] ?? 0) + sign * (shapes.gpuRam[shape] ?? 0)
  }
}
