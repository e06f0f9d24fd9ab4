import type { PlacementMoment } from '../../explanation.ts'
import type { RunEvent } from '../../progress.ts'
import { give } from '../placement/free.ts'
import type { OpenNode } from '../placement/policy.ts'
import type { PendingJob } from '../placement/queue.ts'
import type { LiveJob } from '../scheduler/liveJob.ts'
import { OpenNodes } from '../scheduler/openNodes.ts'
import type { SchedulerState } from '../scheduler/state.ts'
import { freeFor, verdictOf } from './verdict.ts'

/** The moment at which a job was placed, just after it took its part. */
interface Moment {
  readonly rank: number
  readonly waiting: number
  /** Those that took jobs. */
  readonly nodes: readonly Pick<OpenNode, 'capacity' | 'free'>[]
}

/**
 * What is noted while a run goes on, so that it can be explained later: when jobs were added, and how the nodes looked
 * when one was placed. Of jobs that have ended nothing is kept.
 */
export class RunNotes {
  /** Since when jobs wait: those from a number in the order of adding on. */
  readonly #added: { readonly from: number; readonly at: number }[] = []
  readonly #retried = new Map<string, number>()
  readonly #placed = new Map<string, Moment>()
  /** Its own, since those of the passes tell these what has changed from one to the next. */
  readonly #openNodes = new OpenNodes()
  #rank = 0

  /** Hears each event as it happens. */
  hear(event: RunEvent, state: SchedulerState): void {
    if (event.type === 'jobs.added') this.#noteAdded(state.jobs.size - event.jobs, event.at)
    else if (event.type === 'job.placed') this.#placed.set(event.id, this.#moment(state))
    else if (event.type === 'burst.placed') this.#rank = 0
    else if (event.type === 'job.retrying') this.#retried.set(event.id, event.retryAt)
    else if (event.type === 'job.ended') this.#forget(event.outcome.id)
  }

  /** Since when a job waits, ms since the epoch; of one that was never added: now. */
  sinceOf({ job, seq }: PendingJob, now: number): number {
    return this.#retried.get(job.id) ?? this.#added.findLast(({ from }) => from <= seq)?.at ?? now
  }

  /** How the nodes looked when a job was placed; `null` where that was not noted. */
  momentOf({ pending: { job, demand }, node, grant }: LiveJob): PlacementMoment | null {
    const moment = this.#placed.get(job.id)
    if (!moment) return null
    const before = moment.nodes.map(one =>
      one.capacity.name === node ? { capacity: one.capacity, free: give(one.free, grant) } : one,
    )
    const own = before.find(({ capacity }) => capacity.name === node)
    if (!own) return null
    return {
      rank: moment.rank,
      waiting: moment.waiting,
      nodes: before.map(({ capacity, free }) => verdictOf(demand, capacity, free)),
      free: freeFor(demand, own.free),
    }
  }

  /** Jobs that were added one by one within a millisecond share one note. */
  #noteAdded(from: number, at: number): void {
    if (this.#added.at(-1)?.at !== at) this.#added.push({ from, at })
  }

  /** Nodes on which nothing has changed share one note: thousands of moments cost little more than one. */
  #moment(state: SchedulerState): Moment {
    this.#rank++
    return { rank: this.#rank, waiting: state.queue.size, nodes: this.#openNodes.of(state) }
  }

  #forget(id: string): void {
    this.#placed.delete(id)
    this.#retried.delete(id)
  }
}
