import { isUnfit, type MachinePlan, type Plan, type Replay } from '../../plan/plan.ts'
import { formatDate } from '../text/date.ts'
import { formatDuration } from '../text/duration.ts'
import { timelineSvg } from '../timeline/svg/svg.ts'
import { expectedText, jobsText, setBy, timesText } from './words.ts'

/** The timeline of a plan, or of a run that has been, as an SVG with its figures. */
export function planSvg(plan: Plan | Replay): string {
  return plan.kind === 'plan' ? svgOfPlan(plan) : svgOfRun(plan)
}

function svgOfPlan(plan: Plan): string {
  const machine = plan.machines.find(machine => !isUnfit(machine)) as MachinePlan
  const { makespanS, lowerBound, title } = machine
  const expected = expectedText(machine)
  return timelineSvg(plan.timeline, {
    title: `Plan of ${jobsText(plan.jobs, plan.groups)}${machine === plan.machines[0] ? '' : ` (${title})`}`,
    notes: [
      `Makespan ${formatDuration(makespanS)} if each job takes as long as predicted${expected ? `; expected ${expected}` : ''}.`,
      `At least ${formatDuration(lowerBound.seconds)}, set by ${setBy(lowerBound)}: the makespan is ${timesText(makespanS, lowerBound)} that.`,
    ],
    marks: [{ atS: lowerBound.seconds, label: 'lower bound' }],
  })
}

function svgOfRun({ startedAt, durationS, lowerBound, firstEstimate, timeline }: Replay): string {
  const predictedS = firstEstimate && firstEstimate.atS + firstEstimate.remainingS
  const predicted = predictedS === null ? '' : `; ${formatDuration(predictedS)} were predicted`
  return timelineSvg(timeline, {
    title: `Run of ${formatDate(startedAt)}`,
    notes: [
      `It took ${formatDuration(durationS)}${predicted}.`,
      `At least ${formatDuration(lowerBound.seconds)}, set by ${setBy(lowerBound)}: it took ${timesText(durationS, lowerBound)} that.`,
    ],
    marks: [
      { atS: lowerBound.seconds, label: 'lower bound' },
      ...(predictedS === null ? [] : [{ atS: predictedS, label: 'predicted' }]),
    ],
  })
}
