import type { Waiting } from './waiting.ts'

/** Buckets of one shape and priority: they fit at the same places, and their size counts the same. */
export interface Lot {
  readonly shape: number
  /** Among the lots of its priority. */
  readonly position: number
  /** Positions of the buckets that still hold a job. */
  readonly buckets: number[]
}

/** Lots of one priority. */
export interface Level {
  readonly priority: number
  readonly lots: readonly Lot[]
}

/** The buckets by priority, the highest first, and by shape. */
export function levelsOf({ buckets }: Waiting): Level[] {
  const levels = new Map<number, Map<number, Lot>>()
  buckets.forEach(({ priority, shape }, bucket) => {
    const lots = levels.get(priority) ?? new Map<number, Lot>()
    levels.set(priority, lots)
    const lot = lots.get(shape) ?? { shape, position: lots.size, buckets: [] }
    lots.set(shape, lot)
    lot.buckets.push(bucket)
  })
  return [...levels]
    .sort(([a], [b]) => b - a)
    .map(([priority, lots]) => ({ priority, lots: [...lots.values()] }))
}
