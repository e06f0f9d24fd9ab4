import type { Work } from '../../../src/executor.ts'
import type { Ending, Outcome } from '../../../src/job.ts'
import { retryDelay } from '../../../src/machines/retryDelay.ts'
import type { NodeCapacity } from '../../../src/node.ts'
import type { SimulatedClock } from '../../../src/simulator/clock.ts'
import { ORDER_MS, type Watch } from './machine.ts'
import { attemptOf, expectedEnd, type JobPlan, RETRY_DELAY_S, type Scenario } from './plan.ts'

/** Messages may make a wait look shorter by so many seconds than it was. */
const SLACK_S = 10

interface Start {
  readonly attempt: number
  readonly ramGb: number
  endedAt: number | null
  ending: Ending | null
}

/** Sees what really happens, whatever schedulers believe, and notes where that is not what was promised. */
export class Laws implements Watch {
  readonly #scenario: Scenario
  readonly #node: NodeCapacity
  readonly #clock: SimulatedClock
  readonly #plans: ReadonlyMap<string, JobPlan>
  readonly #starts = new Map<string, Start[]>()
  readonly #reported = new Map<string, Outcome>()
  /** When jobs were cancelled. */
  readonly #cancelled = new Map<string, number>()
  /** What was broken: not thrown where it is seen, since that is mostly within an actor. */
  readonly broken: string[] = []

  constructor(scenario: Scenario, node: NodeCapacity, clock: SimulatedClock) {
    this.#scenario = scenario
    this.#node = node
    this.#clock = clock
    this.#plans = new Map(scenario.jobs.map(plan => [plan.id, plan]))
  }

  planOf({ job, placement }: Work) {
    return attemptOf(this.#plan(job.id), placement.attempt)
  }

  began(work: Work, running: readonly Work[]): void {
    const { job, placement } = work
    const { id } = job
    if (running.some(one => one.job.id === id)) this.#note(`${id} runs twice at the same time`)
    if (this.#reported.has(id)) this.#note(`${id} was started after its outcome was reported`)
    const cancelledAt = this.#cancelled.get(id) ?? Number.POSITIVE_INFINITY
    if (this.#clock.now() > cancelledAt + ORDER_MS) this.#note(`${id} was started after it was cancelled`)
    this.#checkRoom([...running, work])
    const before = this.#starts.get(id) ?? []
    this.#checkAgain(id, before.at(-1), work)
    const start = { attempt: placement.attempt, ramGb: placement.ramGb, endedAt: null, ending: null }
    this.#starts.set(id, [...before, start])
  }

  ended({ job }: Work, ending: Ending): void {
    const last = this.#starts.get(job.id)?.at(-1)
    if (!last) return
    last.endedAt = this.#clock.now()
    last.ending = ending
  }

  /** Somebody is told of an outcome. */
  report(outcome: Outcome): void {
    const { id } = outcome
    if (this.#reported.has(id)) this.#note(`the outcome of ${id} was reported twice`)
    this.#reported.set(id, outcome)
  }

  /** Whoever asked was told that it is done. */
  cancelled(id: string): void {
    if (!this.#reported.has(id)) this.#cancelled.set(id, this.#clock.now())
  }

  /** What holds of a job once all is over, by what the journal says. */
  checkEnd(id: string, journaled: readonly Outcome[]): void {
    const [outcome, ...others] = journaled
    if (!outcome || others.length > 0) {
      this.#note(`${id} has ${journaled.length} outcomes in the journal`)
      return
    }
    const told = this.#reported.get(id)
    if (told && (told.status !== outcome.status || told.attempts !== outcome.attempts))
      this.#note(`${id} was reported as ${told.status}, the journal says ${outcome.status}`)
    this.#checkStatus(this.#plan(id), outcome)
    this.#checkStarts(this.#plan(id))
  }

  #checkStatus(plan: JobPlan, { status, attempts }: Outcome): void {
    if (this.#cancelled.has(plan.id) && status !== 'cancelled')
      this.#note(`${plan.id} was cancelled, but ${status}`)
    if (status === 'cancelled') {
      if (plan.cancelAtS === null) this.#note(`${plan.id} ended as cancelled`)
      return
    }
    const expected = expectedEnd(plan)
    if (status !== expected.status || attempts !== expected.attempts)
      this.#note(
        `${plan.id} ${status} after ${attempts}, not ${expected.status} after ${expected.attempts} attempts`,
      )
  }

  /** Where only schedulers die, each attempt of a command is started once. */
  #checkStarts({ id, kind }: JobPlan): void {
    const { launcherDeathsS, nodeLossesS, evictionsS } = this.#scenario
    const losses = launcherDeathsS.length + nodeLossesS.length + evictionsS.length
    if (kind !== 'command' || losses > 0) return
    const attempts = (this.#starts.get(id) ?? []).map(({ attempt }) => attempt)
    if (new Set(attempts).size < attempts.length)
      this.#note(`${id} was started as attempts ${attempts.join(', ')}`)
  }

  /** A further attempt comes after its wait, and with more memory where that is what there was too little of. */
  #checkAgain(id: string, before: Start | undefined, { placement: { attempt, ramGb } }: Work): void {
    if (!before?.ending || before.endedAt === null || attempt <= before.attempt) return
    const isGrown = before.ending.failure?.ranOut !== undefined && ramGb > before.ramGb
    const waitedS = (this.#clock.now() - before.endedAt) / 1000
    const leastS = retryDelay(id, before.attempt, RETRY_DELAY_S) - SLACK_S
    if (!isGrown && waitedS < leastS) this.#note(`${id} was tried again after ${waitedS} s`)
  }

  #checkRoom(works: readonly Work[]): void {
    const threads = works.reduce((sum, { placement }) => sum + placement.threads, 0)
    if (threads > this.#node.threads + 1e-9)
      this.#note(`${threads} threads are used of ${this.#node.threads}`)
  }

  #plan(id: string): JobPlan {
    const plan = this.#plans.get(id)
    if (!plan) throw new Error(`${id} was never added`)
    return plan
  }

  #note(what: string): void {
    this.broken.push(what)
  }
}
