import { demandOf } from '../../../../src/machines/placement/demand.ts'
import { allFree, type Free, fit, take } from '../../../../src/machines/placement/free.ts'
import type { Held, OpenNode, Situation } from '../../../../src/machines/placement/policy.ts'
import { type PendingJob, PendingQueue } from '../../../../src/machines/placement/queue.ts'
import type { NodeCapacity } from '../../../../src/node.ts'
import { buildJob, type JobDraft, NO_FIXED_RAM } from '../../../../src/testing/builders.ts'

/** A job that waits, the `seq`-th that was added. */
export function pendingOf(draft: JobDraft, seq: number): PendingJob {
  const job = buildJob(draft)
  return { job, demand: demandOf(job.request, job.run.kind, NO_FIXED_RAM), seq, attempts: 0 }
}

export function queueOf(drafts: readonly JobDraft[]): PendingQueue {
  const queue = new PendingQueue()
  drafts.forEach((draft, seq) => {
    queue.add(pendingOf(draft, seq))
  })
  return queue
}

/** A job that runs already: on which node, and in how many seconds it is expected to end. */
export interface RunningDraft extends JobDraft {
  readonly on?: string
  readonly endsInS: number
}

export interface Scene {
  readonly nodes: readonly NodeCapacity[]
  readonly waiting: readonly JobDraft[]
  readonly running?: readonly RunningDraft[]
  /** How many jobs of a group have been placed. Default 100: there is nothing to learn any more. */
  readonly placed?: number
}

/** A moment of a run, as a policy sees it. Jobs take as long as they say, 60 s where they say nothing. */
export function situationOf({ nodes, waiting, running = [], placed = 100 }: Scene): Situation {
  return {
    now: 0,
    nodes: nodes.map(capacity => openNode(capacity, running)),
    buckets: [...queueOf(waiting).buckets()],
    predict: ({ job }) => job.timeS ?? 60,
    placedOf: () => placed,
  }
}

export function openNode(capacity: NodeCapacity, running: readonly RunningDraft[] = []): OpenNode {
  let free: Free = allFree(capacity)
  const held: Held[] = []
  for (const { on = capacity.name, endsInS, ...draft } of running) {
    if (on !== capacity.name) continue
    const grant = fit(free, pendingOf(draft, 0).demand)
    if (!grant) throw new Error(`${draft.id} does not fit: the scene is wrong`)
    held.push({ grant, until: endsInS * 1000 })
    free = take(free, grant)
  }
  return { name: capacity.name, capacity, free, held: () => held }
}
