import type { ExpectedStart } from '../../explanation.ts'
import { allFree } from '../placement/free.ts'
import type { Situation } from '../placement/policy.ts'
import type { Bucket, PendingJob } from '../placement/queue.ts'
import type { Rule } from '../placement/rule/rule.ts'
import type { RestOfRun, RolloutPlaces } from '../rollout/rest.ts'
import { createRollout } from '../rollout/rollout.ts'

/** With more waiting jobs than that nothing is simulated for an answer: it would hold everything else up. */
const MOST_JOBS = 5_000

/** Nor is more than that placed in a simulation: about 10 ms. */
const MOST_PLACEMENTS = 1_000

/**
 * When a waiting job would start if all jobs lasted as predicted and the rule placed them; `null` where it would not, or
 * too many jobs wait, or go before it.
 */
export function expectedStart(situation: Situation, pending: PendingJob, rule: Rule): ExpectedStart | null {
  const position = positionOf(situation.buckets, pending)
  const waiting = situation.buckets.reduce((sum, { size }) => sum + size, 0)
  if (position === null || waiting > MOST_JOBS) return null
  const isEnough = ({ startS, order }: RolloutPlaces): boolean =>
    order.length >= MOST_PLACEMENTS || !Number.isNaN(startS[position])
  const { places } = createRollout(restOf(situation)).run(rule, {}, { isEnough })
  const startS = places?.startS[position]
  if (!places || startS === undefined || Number.isNaN(startS)) return null
  return { at: situation.now + startS * 1000, after: places.order.indexOf(position) }
}

/** Position of a job among all that wait, bucket after bucket. */
function positionOf(buckets: readonly Bucket[], pending: PendingJob): number | null {
  let before = 0
  for (const bucket of buckets) {
    const position = bucket.positionOf(pending)
    if (position >= 0) return before + position
    before += bucket.size
  }
  return null
}

function restOf({ nodes, buckets, predict, placedOf, now }: Situation): RestOfRun {
  const groups = new Set(buckets.map(({ group }) => group))
  return {
    nodes: nodes.map(({ capacity, free }) => ({ empty: allFree(capacity), free })),
    running: nodes.flatMap(({ held }, node) =>
      held().map(({ grant, until }) => ({ node, grant, elapsedS: 0, leftS: (until - now) / 1000 })),
    ),
    buckets: buckets.map(bucket => ({
      demand: bucket.demand,
      group: bucket.group,
      priority: bucket.priority,
      predictedS: predictionsOf(bucket, predict),
    })),
    placedOf: new Map([...groups].map(group => [group, placedOf(group)])),
  }
}

function predictionsOf(bucket: Bucket, predict: Situation['predict']): Float64Array {
  return Float64Array.from({ length: bucket.size }, (_, i) => {
    const pending = bucket.at(i)
    return pending ? predict(pending) : 0
  })
}
