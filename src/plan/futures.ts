import type { Estimator } from '../machines/estimate/estimator.ts'
import type { WaitingRest } from '../machines/eta/rest.ts'
import { endTimeNow } from '../machines/eta/simulate.ts'
import { allFree } from '../machines/placement/free.ts'
import type { Rule } from '../machines/placement/rule/rule.ts'
import type { NodeCapacity } from '../node.ts'
import type { MachinePlan } from './plan.ts'
import type { PlannedJob } from './planned.ts'

/** What futures are simulated with. */
export interface FuturesInput {
  readonly jobs: readonly PlannedJob[]
  readonly nodes: readonly NodeCapacity[]
  readonly beliefs: Estimator
  /** The rule by which jobs are placed; of a policy that is none, balanced-reserve stands for it. */
  readonly rule: Rule | undefined
}

/** So many futures are simulated; fewer of many jobs, where each takes longer and differs less from the next. */
const FUTURES = 100
const FEWER = 32
const MANY_JOBS = 500

/**
 * The makespan in futures in which each job takes as long as a draw from what is believed of it; jobs of a group are
 * late together. The same arguments give the same futures.
 */
export function futuresOf(input: FuturesInput): Pick<MachinePlan, 'expectedS' | 'intervalS'> {
  const { jobs, nodes, rule } = input
  const whole = nodes.map(allFree)
  const rest = {
    nodes: whole.map(empty => ({ empty, free: empty })),
    running: [],
    buckets: bucketsOf(input),
  }
  const futures = jobs.length < MANY_JOBS ? FUTURES : FEWER
  const end = endTimeNow(rest, { futures, ...(rule && { rule }) })
  return end
    ? { expectedS: end.expectedS, intervalS: [end.lowS, end.highS] }
    : { expectedS: null, intervalS: null }
}

interface Numbered extends PlannedJob {
  readonly seq: number
}

/** Jobs of equal demand, group and priority, the longest first. */
function bucketsOf({ jobs, beliefs }: FuturesInput): WaitingRest[] {
  const numbered = jobs.map((job, seq) => ({ ...job, seq }))
  const keyOf = ({ job, demand }: Numbered) => `${job.priority}|${job.group}|${demand.key}`
  return [...Map.groupBy(numbered, keyOf).values()].map(bucket => bucketOf(bucket, beliefs))
}

function bucketOf(bucket: Numbered[], beliefs: Estimator): WaitingRest {
  const ordered = bucket.sort((a, b) => b.seconds - a.seconds)
  const [{ job, demand }] = ordered as [Numbered]
  return {
    ...{ demand, group: job.group, priority: job.priority, size: ordered.length },
    at(position) {
      const at = ordered[position] as Numbered
      return { seq: at.seq, duration: beliefs.distribution(at.job) }
    },
  }
}
