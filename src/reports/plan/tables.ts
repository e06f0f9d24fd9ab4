import { isUnfit, type MachinePlan, type ResourceUse, type UnfitMachine } from '../../plan/plan.ts'
import { innerWidth, paragraph, type Sheet } from '../plain/sheet.ts'
import { countOf, formatPercent } from '../text/amount.ts'
import { formatDuration } from '../text/duration.ts'
import { sanitize } from '../text/sanitize.ts'
import { tableLines } from '../text/table.ts'
import { amountText, intervalText, setByShort } from './words.ts'

/** Each resource: how much there is, how much of it is used in the mean and at most. */
export function usesTable(uses: readonly ResourceUse[], sheet: Sheet): string[] {
  const rows = uses.map(({ name, capacity, mean, most }) => [
    sanitize(name),
    amountText(name, capacity),
    formatPercent(mean),
    formatPercent(most),
  ])
  return tableLines([['resource', 'there is', 'used, mean', 'at most'], ...rows], {
    columns: ['flexible', 'right', 'right', 'right'],
    width: innerWidth(sheet),
  })
}

/** A line for each machine: makespan, its interval, lower bound and what sets it; below it why some jobs do not fit. */
export function machinesTable(machines: readonly (MachinePlan | UnfitMachine)[], sheet: Sheet): string[] {
  const uncertain = machines.some(machine => !isUnfit(machine) && machine.intervalS !== null)
  const interval = uncertain ? ['80 % of futures'] : []
  const head = ['machine', 'makespan', ...interval, 'at least', 'set by']
  const table = tableLines([head, ...machines.map(machine => rowOf(machine, uncertain))], {
    columns: ['flexible', 'right', ...interval.map(() => 'right' as const), 'right', 'left'],
    width: innerWidth(sheet),
  })
  return [...table, ...machines.filter(isUnfit).flatMap(machine => whyUnfit(machine, sheet))]
}

function rowOf(machine: MachinePlan | UnfitMachine, uncertain: boolean): string[] {
  const title = sanitize(machine.title)
  if (isUnfit(machine)) return [title, 'does not fit', ...(uncertain ? ['–'] : []), '–', '–']
  const { makespanS, lowerBound } = machine
  return [
    title,
    formatDuration(makespanS),
    ...(uncertain ? [intervalText(machine)] : []),
    formatDuration(lowerBound.seconds),
    setByShort(lowerBound),
  ]
}

function whyUnfit({ title, unfit, why }: UnfitMachine, sheet: Sheet): string[] {
  return paragraph(sheet, `${title}: ${countOf(unfit, 'job')} do not fit. ${sanitize(why)}`)
}
