import { textTable } from '../core/table.ts'
import type { Instance } from '../instances/instance.ts'
import { meanScore, type Score } from './score.ts'

/** An instance, and how right each way to tell its end was. */
export interface Judged {
  readonly instance: Instance
  readonly area: Score
}

/** An instance as a line of JSON. */
export function jsonLine({ instance, area }: Judged): string {
  return JSON.stringify({ instance: instance.name, ...area })
}

/** Means over the instances, by size and by family, as a table for a terminal. */
export function table(judged: readonly Judged[]): string {
  const sizes = [...Map.groupBy(judged, sizeOf)].sort(([a], [b]) => a - b)
  const rows = sizes.flatMap(([n, ones]) => [
    ...[...Map.groupBy(ones, one => one.instance.family)].map(([family, of]) => row(n, family, of)),
    row(n, 'all', ones),
  ])
  const head = ['n', 'family', 'instances', 'area: error', 'bias', 'coverage']
  return textTable([head, ...rows])
}

/** The size that its name tells: a window of a trace may hold more jobs than its family's size. */
function sizeOf({ instance: { name, jobs } }: Judged): number {
  return Number(/-(\d+)-[^-]+$/.exec(name)?.[1] ?? jobs.length)
}

function row(n: number, family: string, judged: readonly Judged[]): string[] {
  return [String(n), family, String(judged.length), ...cells(meanScore(judged.map(({ area }) => area)))]
}

function cells({ meanAbsoluteError, bias, coverage80 }: Score): string[] {
  return [meanAbsoluteError.toFixed(3), bias.toFixed(3), coverage80 === null ? '' : coverage80.toFixed(3)]
}
