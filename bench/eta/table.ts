import { textTable } from '../core/table.ts'
import type { Instance } from '../instances/instance.ts'
import { meanScore, type Score } from './score.ts'

/** An instance, and how right each way to tell its end was. */
export interface Judged {
  readonly instance: Instance
  readonly makespanS: number
  /** By the largest of the lower bounds on what is left. */
  readonly area: Score
  /** By simulating what is left: what Longshore tells. */
  readonly simulated: Score
}

/** An instance as a line of JSON: how right Longshore is, and how right the area would have been. */
export function jsonLine({ instance, makespanS, area, simulated }: Judged): string {
  const { meanAbsoluteError: areaError, bias: areaBias } = area
  return JSON.stringify({ instance: instance.name, ...simulated, areaError, areaBias, makespanS })
}

/** Means over the instances, by size and by family, as a table for a terminal. */
export function table(judged: readonly Judged[]): string {
  const sizes = [...Map.groupBy(judged, sizeOf)].sort(([a], [b]) => a - b)
  const rows = sizes.flatMap(([n, ones]) => [
    ...[...Map.groupBy(ones, one => one.instance.family)].map(([family, of]) => row(n, family, of)),
    row(n, 'all', ones),
  ])
  const head = ['n', 'family', 'instances', 'area: error', 'bias', 'simulated: error', 'bias', 'in 80 %']
  return textTable([head, ...rows])
}

/** The size that its name tells: a window of a trace may hold more jobs than its family's size. */
function sizeOf({ instance: { name, jobs } }: Judged): number {
  return Number(/-(\d+)-[^-]+$/.exec(name)?.[1] ?? jobs.length)
}

function row(n: number, family: string, judged: readonly Judged[]): string[] {
  const area = meanScore(judged.map(one => one.area))
  const simulated = meanScore(judged.map(one => one.simulated))
  const covered = simulated.coverage80
  return [
    ...[String(n), family, String(judged.length), ...cells(area), ...cells(simulated)],
    covered === null ? '' : covered.toFixed(3),
  ]
}

function cells({ meanAbsoluteError, bias }: Score): string[] {
  return [meanAbsoluteError.toFixed(3), bias.toFixed(3)]
}
