import { demandOfGrant } from '../placement/free.ts'
import { Columns, Shapes } from '../placement/rule/shapes.ts'
import type { WaitingBucket } from '../placement/rule/waiting.ts'
import type { RestOfRun, RolloutBucket } from './rest.ts'

/** What all rollouts of one rest of a run begin with, as numbers. None of it changes. */
export interface Start {
  readonly rest: RestOfRun
  readonly columns: Columns
  readonly shapes: Shapes
  readonly buckets: readonly WaitingBucket[]
  /** By group. */
  readonly placedOf: Int32Array
  /** Number of each bucket's first job, and of the one after the last. */
  readonly first: Int32Array
  /** By job: bucket after bucket. */
  readonly predictedS: Float64Array
  /** Shape of each running placement. */
  readonly runningShapes: readonly number[]
}

export function startOf(rest: RestOfRun): Start {
  const columns = new Columns(rest.nodes.map(node => node.empty))
  const held = rest.running.map(({ grant }) => demandOfGrant(grant))
  const shapes = new Shapes([...rest.buckets.map(({ demand }) => demand), ...held], columns)
  const first = firstJobs(rest.buckets)
  const groups = [...new Set(rest.buckets.map(({ group }) => group))]
  return {
    rest,
    columns,
    shapes,
    buckets: numbered(rest.buckets, shapes, groups),
    placedOf: Int32Array.from(groups, group => rest.placedOf?.get(group) ?? 0),
    first,
    predictedS: inOneList(rest.buckets, first),
    runningShapes: held.map(demand => shapes.of(demand)),
  }
}

function numbered(
  buckets: readonly RolloutBucket[],
  shapes: Shapes,
  groups: readonly string[],
): WaitingBucket[] {
  const position = new Map(groups.map((group, i) => [group, i]))
  return buckets.map(({ demand, group, priority }) => ({
    shape: shapes.of(demand),
    group: position.get(group) ?? 0,
    priority,
  }))
}

function firstJobs(buckets: readonly RolloutBucket[]): Int32Array {
  const first = new Int32Array(buckets.length + 1)
  buckets.forEach(({ predictedS }, bucket) => {
    first[bucket + 1] = (first[bucket] ?? 0) + predictedS.length
  })
  return first
}

function inOneList(buckets: readonly RolloutBucket[], first: Int32Array): Float64Array {
  const all = new Float64Array(first.at(-1) ?? 0)
  buckets.forEach(({ predictedS }, bucket) => {
    all.set(predictedS, first[bucket])
  })
  return all
}
