import type { KeptPlace, NamedJob, WaitReason } from '../../explanation.ts'
import { fit } from '../placement/free.ts'
import type { Policy, Situation } from '../placement/policy.ts'
import { type Bucket, type PendingJob, PendingQueue } from '../placement/queue.ts'

/** Why a job waits, and the place that the policy keeps for somebody. */
export interface WhyWaiting {
  readonly reason: WaitReason
  readonly kept: KeptPlace | null
}

/**
 * Why a policy does not place a waiting job, by asking the policy: with all that waits, and then again without what
 * might stand in the job's way.
 */
export function whyWaiting(policy: Policy, situation: Situation, pending: PendingJob): WhyWaiting {
  const asked = ask(policy, situation, pending)
  const { kept, node } = asked
  // Once it has its place, what is kept is for its double in a bucket of its own.
  if (node !== null) return { reason: { kind: 'next', node }, kept: null }
  if (situation.nodes.length === 0) return { reason: { kind: 'noNode' }, kept }
  if (!situation.nodes.some(({ free }) => fit(free, pending.demand)))
    return { reason: { kind: 'full' }, kept }
  return { reason: whyHeldBack(policy, situation, pending, asked), kept }
}

/** What stands in the way of a job that fits: the one beside which the policy would not place it, though it would alone. */
function whyHeldBack(policy: Policy, situation: Situation, pending: PendingJob, asked: Answer): WaitReason {
  const behind: WaitReason = { kind: 'behind', policy: policy.name }
  const isPlacedBeside = (buckets: readonly Bucket[], starving: readonly PendingJob[]) =>
    ask(policy, { ...situation, buckets, starving: () => starving }, pending).node !== null
  if (!isPlacedBeside([], [])) return behind
  const { kept, reserved } = asked
  const itsLike = situation.buckets.filter(({ demand }) => demand.key === reserved?.demand.key)
  if (kept && reserved !== pending && !isPlacedBeside(itsLike, [])) return { kind: 'kept', place: kept }
  const others = (situation.starving?.() ?? []).filter(one => one !== pending)
  const starving = others.find(one => !isPlacedBeside(bucketOf(one), [one]))
  return starving ? { kind: 'starving', for: named(starving) } : behind
}

/** What a policy does with a job: where it would place it, and for whom it keeps a place. */
interface Answer {
  readonly node: string | null
  readonly reserved: PendingJob | null
  readonly kept: KeptPlace | null
}

/**
 * Asks the policy what it would decide now. The job stands in a bucket of its own beside the others: a policy looks at
 * the longest of each bucket only, and answers for this one.
 */
function ask(policy: Policy, situation: Situation, pending: PendingJob): Answer {
  let reserved: PendingJob | null = null
  let kept: KeptPlace | null = null
  const buckets = [...situation.buckets, ...bucketOf(pending)]
  const decisions = policy.decide(
    { ...situation, buckets },
    {
      reserved(whom, node, at) {
        reserved = whom
        kept = { for: named(whom), node, at }
      },
    },
  )
  return { node: decisions.find(decision => decision.pending === pending)?.node ?? null, reserved, kept }
}

function bucketOf(pending: PendingJob): Bucket[] {
  const queue = new PendingQueue()
  queue.add(pending)
  return [...queue.buckets()]
}

function named({ job: { id, name } }: PendingJob): NamedJob {
  return { id, name }
}
