import type { Job } from '../../job.ts'
import { basisOf } from '../estimate/basis.ts'
import { Arrivals } from './arrivals.ts'
import type { Demand } from './demand.ts'
import { Raises } from './raises.ts'
import { type Order, SortedList } from './sortedList.ts'

/** A job that waits for a place. */
export interface PendingJob {
  readonly job: Job
  /** As asked for; more once its group has run out of memory: then the queue, which has it, raises it. */
  readonly demand: Demand
  /** Position in the order in which jobs were added: of equal jobs the earlier goes first. */
  readonly seq: number
  /** Attempts that were started before. */
  readonly attempts: number
  /** How often it lost its place with a node, which counts as no attempt. Default 0. */
  readonly losses?: number
  /** What it takes of all nodes together, as a fraction: the largest over the resources. Default 1. */
  readonly share?: number
  /** How many of its attempts ran out of memory: its demand has grown since. Default 0. */
  readonly grown?: number
  /** Whether an earlier scheduler has placed it, so that it may run already. Default false. */
  readonly isAdopted?: boolean
}

/**
 * Waiting jobs that are interchangeable for placement: equal demand, group and priority. The longest is first; a
 * learned group factor stretches all alike, so it never reorders a bucket.
 */
export interface Bucket {
  readonly key: string
  readonly demand: Demand
  readonly group: string
  readonly priority: number
  /** Whether there is an estimate of each: the user's, or what it took in an earlier run. */
  readonly estimated: boolean
  readonly size: number
  /** Sum of these estimates in seconds; 0 where there are none. */
  readonly totalTimeS: number
  /**
   * Geometric mean of these estimates in seconds, each weighted by itself: about half of the work is in jobs that
   * are longer. 0 where there are none.
   */
  readonly usualTimeS: number
  /** How often jobs have come or gone: while it is the same, so are they. */
  readonly changes: number
  /** The job at a place in the order, 0 for the longest. */
  at(position: number): PendingJob | undefined
  /** The place of a job in the order, −1 where it does not wait here. */
  positionOf(pending: PendingJob): number
}

/** The jobs that wait, in buckets. Owned by the scheduler: nobody else changes it. */
export class PendingQueue {
  readonly #buckets = new Map<string, OrderedBucket>()
  readonly #arrivals = new Arrivals()
  readonly #raises = new Raises()
  #list: readonly Bucket[] | null = null
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The buckets that hold a job: the same list as before where there are the same. */
  buckets(): readonly Bucket[] {
    this.#list ??= [...this.#buckets.values()]
    return this.#list
  }

  /** The jobs that starve, at most one of each priority, the highest first. */
  starving(): readonly PendingJob[] {
    return this.#arrivals.starving()
  }

  add(pending: PendingJob): void {
    demandOf(pending, this.#raises.of(pending.job.group, pending.demand))
    const key = bucketKey(pending)
    const bucket = this.#buckets.get(key) ?? this.#open(key, pending)
    bucket.add(pending)
    this.#arrivals.add(pending)
    this.#size++
  }

  /** Takes a job out. `false` when it does not wait here. */
  remove(pending: PendingJob): boolean {
    const key = bucketKey(pending)
    const bucket = this.#buckets.get(key)
    if (!bucket?.remove(pending)) return false
    if (bucket.size === 0) this.#close(key)
    this.#arrivals.remove(pending)
    this.#size--
    return true
  }

  /**
   * A job of a group has run out of the memory that `from` gave to it: all jobs of the group that ask for the same, now
   * and later, get what `to` gives. Returns how many of them wait. Costs a few nanoseconds for each: the order within
   * their buckets stays.
   */
  raise(group: string, from: Demand, to: Demand): number {
    const before = this.#raises.of(group, from)
    const demand = this.#raises.raise(group, before, to)
    if (demand === before) return 0
    const buckets = [...this.#buckets.values()].filter(
      bucket => bucket.group === group && bucket.demand.key === before.key,
    )
    return buckets.reduce((count, bucket) => count + this.#raiseBucket(bucket, demand), 0)
  }

  #raiseBucket(bucket: OrderedBucket, demand: Demand): number {
    this.#close(bucket.key)
    const { size } = bucket
    const raised = bucket.raised(demand)
    const there = this.#buckets.get(raised.key)
    const [larger, smaller] = there && there.size > size ? [there, raised] : [raised, there]
    for (const pending of smaller?.all() ?? []) larger.add(pending)
    this.#buckets.set(larger.key, larger)
    return size
  }

  #open(key: string, first: PendingJob): OrderedBucket {
    const bucket = new OrderedBucket(key, first)
    this.#buckets.set(key, bucket)
    this.#list = null
    return bucket
  }

  #close(key: string): void {
    this.#buckets.delete(key)
    this.#list = null
  }
}

/** Jobs that wait are the queue's: it alone changes what they ask for. */
function demandOf(pending: { demand: Demand }, demand: Demand): void {
  pending.demand = demand
}

function bucketKey({ job, demand }: PendingJob): string {
  return `${job.priority}|${basisOf(job).kind}|${job.group}|${demand.key}`
}

/** Kept ascending, so that the longest is taken from the end. */
class OrderedBucket implements Bucket {
  readonly key: string
  readonly demand: Demand
  readonly group: string
  readonly priority: number
  readonly estimated: boolean
  totalTimeS = 0
  changes = 0
  /** Sum over the estimates e of e · ln e. */
  #totalTimeLog = 0
  readonly #ordered: SortedList<PendingJob>

  constructor(key: string, { job, demand }: PendingJob, ordered = new SortedList(SHORTEST_FIRST)) {
    this.key = key
    this.#ordered = ordered
    this.demand = demand
    this.group = job.group
    this.priority = job.priority
    this.estimated = basisOf(job).seconds !== null
  }

  get size(): number {
    return this.#ordered.size
  }

  get usualTimeS(): number {
    return this.totalTimeS > 0 ? Math.exp(this.#totalTimeLog / this.totalTimeS) : 0
  }

  at(position: number): PendingJob | undefined {
    return this.#ordered.at(this.#ordered.size - 1 - position)
  }

  positionOf(pending: PendingJob): number {
    const rank = this.#ordered.rankOf(pending)
    return rank < 0 ? -1 : this.#ordered.size - 1 - rank
  }

  all(): Iterable<PendingJob> {
    return this.#ordered
  }

  /** The same jobs in the same order, each of which asks for this now. */
  raised(demand: Demand): OrderedBucket {
    let last: PendingJob | undefined
    for (const pending of this.#ordered) {
      demandOf(pending, demand)
      last = pending
    }
    if (!last) return this
    const bucket = new OrderedBucket(bucketKey(last), last, this.#ordered)
    bucket.totalTimeS = this.totalTimeS
    bucket.#totalTimeLog = this.#totalTimeLog
    return bucket
  }

  add(pending: PendingJob): void {
    this.#ordered.add(pending)
    this.#count(estimateOf(pending))
  }

  remove(pending: PendingJob): boolean {
    if (!this.#ordered.remove(pending)) return false
    this.#discount(estimateOf(pending))
    return true
  }

  #count(timeS: number): void {
    this.changes++
    this.totalTimeS += timeS
    if (timeS > 0) this.#totalTimeLog += timeS * Math.log(timeS)
  }

  /** Sums of nothing are 0, whatever was rounded before. */
  #discount(timeS: number): void {
    this.changes++
    this.totalTimeS = this.size === 0 ? 0 : this.totalTimeS - timeS
    if (timeS > 0) this.#totalTimeLog = this.size === 0 ? 0 : this.#totalTimeLog - timeS * Math.log(timeS)
  }
}

const SHORTEST_FIRST: Order<PendingJob> = {
  key: estimateOf,
  compare: (a, b) => b.seq - a.seq,
}

/** What orders a bucket, and what all of it is predicted from: seconds, 0 for nothing. */
function estimateOf({ job }: PendingJob): number {
  return basisOf(job).seconds ?? 0
}
