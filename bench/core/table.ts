import type { Finding, Unit } from '../bench.ts'
import { isMet } from './finding.ts'

/** Findings as the cells of a table, a heading first. */
export function rowsOf(findings: readonly Finding[]): string[][] {
  const head = ['what', 'goal', 'reached', 'range', 'compared with', 'ratio', 'goal met']
  return [head, ...findings.map(cells)]
}

function cells(found: Finding): string[] {
  const { what, unit, value, range, against, ratio } = found
  return [
    what,
    goalText(found),
    amount(value, unit),
    `${amount(range[0], unit)} – ${amount(range[1], unit)}`,
    against ? `${against.name}: ${amount(against.value, unit)}` : '',
    ratio === null ? '' : amount(ratio, '×'),
    metText(found),
  ]
}

function goalText({ goal, unit, against }: Finding): string {
  if (goal === null) return ''
  const sign = goal.at === 'most' ? '≤' : '≥'
  if (goal.of === 'value') return `${sign} ${amount(goal.limit, unit)}`
  return `${sign} ${goal.limit} × ${against?.name ?? ''}`
}

function metText(found: Finding): string {
  const met = isMet(found)
  return met === null ? '' : met ? 'yes' : 'no'
}

function amount(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return 'failed'
  if (unit === '/s') return `${Math.round(value)}/s`
  return unit === 'B' ? `${Math.round(value)} B` : `${value.toFixed(2)} ${unit}`
}

/** A table for a terminal. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0))) ?? []
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return rows.map(line).join('\n')
}

/** A table for Markdown. */
export function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
