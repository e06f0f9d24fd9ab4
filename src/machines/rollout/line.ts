import type { Shapes } from '../placement/rule/shapes.ts'
import type { WaitingBucket } from '../placement/rule/waiting.ts'
import type { RestOfRun, RolloutBucket } from './rest.ts'

/** What waits at the start of a rollout: all jobs in one list, bucket after bucket, each with the longest first. */
export interface Line {
  readonly buckets: readonly WaitingBucket[]
  /** Place of each bucket's first job in the list, and of the one after the last. */
  readonly first: Int32Array
  /** By place. */
  readonly predictedS: Float64Array
  /** By place: the number of the job among those of the rest, bucket after bucket. */
  readonly jobs: Int32Array
  /** By group: how many of its jobs were placed before. */
  readonly placedOf: Int32Array
}

/** Number of the group that stands for all whose starts are over. */
const STARTED = 0

/**
 * What waits, for a rule that starts so many jobs of each group first. In a rollout predictions stay as they are, so it
 * matters only until then of which group a job is: buckets of equal shape and priority whose groups are started become
 * one, and a pass has so many fewer to look at.
 */
export function lineOf(rest: RestOfRun, shapes: Shapes, groupStarts: number): Line {
  const placed = (group: string): number => rest.placedOf?.get(group) ?? 0
  const names = [...new Set(rest.buckets.map(({ group }) => group))]
  const starting = names.filter(group => placed(group) < groupStarts)
  const number = new Map(starting.map((group, i) => [group, STARTED + 1 + i]))
  const groupOf = ({ group }: RolloutBucket): number => number.get(group) ?? STARTED
  const alike = Map.groupBy(
    numbered(rest.buckets),
    ({ bucket }) => `${bucket.priority}|${groupOf(bucket)}|${bucket.demand.key}`,
  )
  const sets = [...alike.values()]
  return {
    buckets: sets.flatMap(([one]) => (one ? [waitingOf(one.bucket, shapes, groupOf(one.bucket))] : [])),
    ...listOf(sets),
    placedOf: Int32Array.from([groupStarts, ...starting.map(placed)]),
  }
}

/** A bucket, and the number of its first job. */
interface Numbered {
  readonly bucket: RolloutBucket
  readonly from: number
}

function numbered(buckets: readonly RolloutBucket[]): Numbered[] {
  let from = 0
  return buckets.map(bucket => {
    const one = { bucket, from }
    from += bucket.predictedS.length
    return one
  })
}

function waitingOf({ demand, priority }: RolloutBucket, shapes: Shapes, group: number): WaitingBucket {
  return { shape: shapes.of(demand), group, priority }
}

/** The jobs of each set of buckets together, the longest first; of equal ones that of the first bucket. */
function listOf(sets: readonly (readonly Numbered[])[]): Pick<Line, 'first' | 'predictedS' | 'jobs'> {
  const first = new Int32Array(sets.length + 1)
  const entries = sets.flatMap((set, i) => {
    const jobs = set.flatMap(entriesOf)
    first[i + 1] = (first[i] ?? 0) + jobs.length
    return set.length > 1 ? jobs.sort((a, b) => b.seconds - a.seconds) : jobs
  })
  return {
    first,
    predictedS: Float64Array.from(entries, ({ seconds }) => seconds),
    jobs: Int32Array.from(entries, ({ job }) => job),
  }
}

function entriesOf({ bucket, from }: Numbered): { readonly job: number; readonly seconds: number }[] {
  return Array.from(bucket.predictedS, (seconds, i) => ({ job: from + i, seconds }))
}
