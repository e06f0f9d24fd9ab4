import { demandOfGrant } from '../placement/free.ts'
import { Columns, Shapes } from '../placement/rule/shapes.ts'
import { type Line, lineOf } from './line.ts'
import type { RestOfRun } from './rest.ts'

/** What all rollouts of one rest of a run begin with, as numbers. None of it changes. */
export interface Start {
  readonly rest: RestOfRun
  readonly columns: Columns
  readonly shapes: Shapes
  /** Number of waiting jobs. */
  readonly jobs: number
  /** Shape of each running placement. */
  readonly runningShapes: readonly number[]
  /** What waits, for a rule that starts so many jobs of each group first. */
  line(groupStarts: number): Line
}

export function startOf(rest: RestOfRun): Start {
  const columns = new Columns(rest.nodes.map(node => node.empty))
  const held = rest.running.map(({ grant }) => demandOfGrant(grant))
  const shapes = new Shapes([...rest.buckets.map(({ demand }) => demand), ...held], columns)
  const lines = new Map<number, Line>()
  return {
    ...{ rest, columns, shapes },
    jobs: rest.buckets.reduce((sum, { predictedS }) => sum + predictedS.length, 0),
    runningShapes: held.map(demand => shapes.of(demand)),
    line(groupStarts) {
      const line = lines.get(groupStarts) ?? lineOf(rest, shapes, groupStarts)
      lines.set(groupStarts, line)
      return line
    },
  }
}
