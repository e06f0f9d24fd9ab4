import { basisOf } from '../estimate/basis.ts'
import type { PendingJob } from './queue.ts'

/** A job starves when it was passed over by so many times the longest estimate, of work of the whole machine. */
export const PATIENCE = 10

/** What is assumed of a job without an estimate, in seconds: only how much passes it over is counted by that. */
const UNKNOWN_S = 60

/**
 * Watches that no job starves, whatever keeps arriving. Work is counted in seconds of the whole machine: estimate ×
 * share of all nodes. Jobs between whose arrivals nothing left the queue are of one wave: none passed over another.
 *
 * The job that waits longest of its priority *starves* when, of the work that came after its wave, `PATIENCE` × L more
 * has left the queue than waits of what came before or with it; L is the longest estimate that ever came. Policies then
 * place nothing of its priority or below on a node that could hold it, until it has its place. After that none starves
 * before another L of work has left: a backlog of thousands, once it starves, goes on by the rule all the same.
 *
 * Why that bounds every wait. Let a job come when, its wave included, N jobs with work W wait. As long as it waits,
 * something leaves the queue now and again: when nothing runs any more, a pass places something. At most W of that came
 * before or with it. So when W + 10 L of later work has left, or sooner, the longest waiting of its priority starves:
 * this job, or one of the N. From then on nothing of its priority starts on any node that could hold it; what runs
 * there ends, and when the first of these nodes is empty, if not before, it has its place: so it waits no longer than
 * the longest that ran there. The next starves once another L of work has left, if it does not have a place before. So
 * the job has its place when W + (10 + N) L of work has left after it came and N + 1 times a node was waited for; and
 * neither grows with what arrives later. What is of higher priority may delay it without end: that is what it is for.
 */
export class Arrivals {
  readonly #lines = new Map<number, Line>()
  #wave: Wave | null = null
  #arrivedS = 0
  #waitingS = 0
  #longestS = 0
  /** How much work had left when the last starving job did. */
  #rescuedS = Number.NEGATIVE_INFINITY

  add(pending: PendingJob): void {
    const { priority } = pending.job
    const work = workOf(pending)
    this.#arrivedS += work
    this.#waitingS += work
    this.#longestS = Math.max(this.#longestS, secondsOf(pending.job))
    this.#wave ??= { arrivedS: 0 }
    this.#wave.arrivedS = this.#arrivedS
    const line = this.#lines.get(priority) ?? new Line()
    this.#lines.set(priority, line)
    line.add(pending, this.#wave)
  }

  /** A job has left the queue: it was placed, or cancelled. */
  remove(pending: PendingJob): void {
    const line = this.#lines.get(pending.job.priority)
    const starved = this.starving().includes(pending)
    if (!line?.remove(pending)) return
    if (!line.oldest) this.#lines.delete(pending.job.priority)
    this.#wave = null
    this.#waitingS -= workOf(pending)
    if (starved) this.#rescuedS = this.#arrivedS - this.#waitingS
  }

  /** The jobs that starve, at most one of each priority, the highest first. */
  starving(): readonly PendingJob[] {
    if (this.#arrivedS - this.#waitingS - this.#rescuedS < this.#longestS) return NONE
    const starving: PendingJob[] = []
    for (const { oldest } of this.#lines.values()) {
      if (oldest && this.#passedOverS(oldest[1]) > PATIENCE * this.#longestS) starving.push(oldest[0])
    }
    return starving.sort((a, b) => b.job.priority - a.job.priority)
  }

  /**
   * How much more has left of what came after a wave than waits of the rest. (All that waits is taken off what came
   * after: of that the part which came after has not left, and the other is the rest.)
   */
  #passedOverS({ arrivedS }: Wave): number {
    return this.#arrivedS - arrivedS - this.#waitingS
  }
}

const NONE: readonly PendingJob[] = []

function secondsOf(job: PendingJob['job']): number {
  return basisOf(job).seconds ?? UNKNOWN_S
}

function workOf({ job, share = 1 }: PendingJob): number {
  return secondsOf(job) * share
}

/** Jobs between whose arrivals nothing left the queue. */
interface Wave {
  /** Work that had arrived when the last of them came. */
  arrivedS: number
}

/** Waiting jobs of one priority in the order of their arrival: a dozen bytes for each, since there may be a million. */
class Line {
  oldest: readonly [PendingJob, Wave] | undefined
  /** All that came; who has left is passed over when it is its turn. */
  readonly #entries: (PendingJob | undefined)[] = []
  /** By the number of a job among all of the run: its place in the line, plus 1; 0 for one that does not wait here. */
  #places = new Uint32Array(64)
  readonly #waves: { readonly wave: Wave; readonly from: number }[] = []
  #first = 0
  #firstWave = 0

  add(pending: PendingJob, wave: Wave): void {
    const place = this.#entries.push(pending)
    if (pending.seq >= this.#places.length) this.#places = grown(this.#places, pending.seq)
    this.#places[pending.seq] = place
    if (this.#waves.at(-1)?.wave !== wave) this.#waves.push({ wave, from: place - 1 })
    if (!this.oldest) this.#advance()
  }

  remove(pending: PendingJob): boolean {
    const place = this.#places[pending.seq] ?? 0
    if (place === 0 || this.#entries[place - 1] !== pending) return false
    this.#places[pending.seq] = 0
    if (this.oldest?.[0] === pending) this.#advance()
    return true
  }

  #advance(): void {
    this.oldest = undefined
    for (; this.#first < this.#entries.length; this.#first++) {
      const pending = this.#entries[this.#first]
      if (pending && this.#places[pending.seq] === this.#first + 1) {
        this.oldest = [pending, this.#waveOfFirst()]
        return
      }
      this.#entries[this.#first] = undefined
    }
  }

  #waveOfFirst(): Wave {
    while ((this.#waves[this.#firstWave + 1]?.from ?? Number.POSITIVE_INFINITY) <= this.#first)
      this.#firstWave++
    return this.#waves[this.#firstWave]?.wave ?? { arrivedS: 0 }
  }
}

function grown(from: Uint32Array<ArrayBuffer>, holding: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(2 * (holding + 1))
  to.set(from)
  return to
}
