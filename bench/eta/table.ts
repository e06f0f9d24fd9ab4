import { textTable } from '../core/table.ts'
import type { Judged } from './judge.ts'
import { meanScore, type Score } from './score.ts'

/** An instance as a line of JSON: how right Longshore is, and how right the area would have been. */
export function jsonLine({ instance, makespanS, area, simulated }: Judged): string {
  const { meanAbsoluteError: areaError, bias: areaBias } = area
  return JSON.stringify({ instance, ...simulated, areaError, areaBias, makespanS })
}

/** Means over the instances, by size and by family, as a table for a terminal. */
export function table(judged: readonly Judged[]): string {
  const sizes = [...Map.groupBy(judged, ({ size }) => size)].sort(([a], [b]) => a - b)
  const rows = sizes.flatMap(([n, ones]) => [
    ...[...Map.groupBy(ones, one => one.family)].map(([family, of]) => row(n, family, of)),
    row(n, 'all', ones),
  ])
  const head = ['n', 'family', 'instances', 'area: error', 'bias', 'simulated: error', 'bias', 'in 80 %']
  return textTable([head, ...rows])
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
