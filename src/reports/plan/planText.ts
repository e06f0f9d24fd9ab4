import { isUnfit, type MachinePlan, type Plan } from '../../plan/plan.ts'
import { field, rule, type Sheet, section } from '../plain/sheet.ts'
import { countOf } from '../text/amount.ts'
import { formatDuration } from '../text/duration.ts'
import { timelineText } from '../timeline/text.ts'
import { machinesTable, usesTable } from './tables.ts'
import { expectedText, jobsText, setBy, timesText } from './words.ts'

/** How a plan is drawn. */
export interface PlanSheet extends Sheet {
  /** Columns of the terminal: the timeline takes all of them. */
  readonly columns: number
  readonly colour: boolean
}

/** A plan for people: makespan, bound, use of each resource, timeline, other machines. */
export function planText(plan: Plan, sheet: PlanSheet): string[] {
  const shown = plan.machines.find(machine => !isUnfit(machine)) as MachinePlan
  const isHere = shown === plan.machines[0]
  return [
    rule(sheet, 'PLAN', jobsText(plan.jobs, plan.groups)),
    ...makespanFields(shown, sheet),
    field(sheet, 'work', `${formatDuration(plan.sumS)}, one job after the other`),
    ...guesses(plan, sheet),
    ...section(sheet, isHere ? 'Resources' : `Resources (${shown.title})`, usesTable(shown.uses, sheet)),
    ...timelineSection(plan.timeline, isHere ? 'Timeline' : `Timeline (${shown.title})`, sheet),
    ...(plan.machines.length > 1 ? section(sheet, 'Machines', machinesTable(plan.machines, sheet)) : []),
  ]
}

function makespanFields(machine: MachinePlan, sheet: Sheet): string[] {
  const { makespanS, lowerBound } = machine
  const expected = expectedText(machine)
  return [
    field(sheet, 'makespan', `${formatDuration(makespanS)}, if each job takes as long as predicted`),
    ...(expected === null ? [] : [field(sheet, 'expected', `${expected}, as estimates usually turn out`)]),
    field(
      sheet,
      'at least',
      `${formatDuration(lowerBound.seconds)}, set by ${setBy(lowerBound)}; the makespan is ${timesText(makespanS, lowerBound)} that`,
    ),
  ]
}

function guesses({ guesses, jobs }: Plan, sheet: Sheet): string[] {
  if (guesses === 0) return []
  const who = guesses === jobs ? 'no job says' : `${countOf(guesses, 'job')} do not say`
  return [field(sheet, 'guesses', `${who} how long it takes (timeS): 60 s are assumed`)]
}

/** The timeline, over the whole width of the terminal. */
export function timelineSection(timeline: Plan['timeline'], heading: string, sheet: PlanSheet): string[] {
  const indent = '  '
  const lines = timelineText(timeline, { ...sheet, columns: sheet.columns - indent.length })
  return [
    '',
    `${indent}${sheet.paint('bold', heading)}`,
    ...lines.map(line => (line === '' ? '' : indent + line)),
  ]
}
