import { Cluster } from '../placement/rule/cluster.ts'
import { Pass } from '../placement/rule/pass.ts'
import { Prices } from '../placement/rule/prices.ts'
import type { Rule } from '../placement/rule/rule.ts'
import { Running } from '../placement/rule/running.ts'
import { Endings } from './endings.ts'
import type { Line } from './line.ts'
import { PendingJobs } from './pendingJobs.ts'
import type { Durations, RolloutPlaces } from './rest.ts'
import type { Start } from './start.ts'

/** One simulated rest of a run: passes of a rule, and what ends between them. Seconds from its start. */
export class Simulation {
  now = 0
  unplaced: number
  readonly #start: Start
  readonly #line: Line
  readonly #cluster: Cluster
  readonly #running: Running
  readonly #prices: Prices
  readonly #pass: Pass
  readonly #endings = new Endings()
  /** Node of what runs, by slot. */
  readonly #nodeOf: number[] = []
  /** By number of the job; `null` for as predicted. */
  readonly #durationS: ArrayLike<number> | null
  readonly #places: RolloutPlaces | null

  constructor(start: Start, rule: Rule, durations: Durations, places: RolloutPlaces | null) {
    const { rest } = start
    const line = start.line(rule.groupStarts)
    const empty = rest.nodes.map(node => node.empty)
    this.#start = start
    this.#line = line
    this.#cluster = new Cluster(start.shapes, start.columns, empty)
    this.#running = new Running(rest.nodes.length)
    this.#prices = new Prices(this.#cluster)
    this.#pass = new Pass({
      cluster: this.#cluster,
      running: this.#running,
      prices: this.#prices,
      waiting: new PendingJobs(line.buckets, line.first, line.predictedS),
      rule,
      placedOf: line.placedOf.slice(),
    })
    this.#durationS = durations.pendingS ?? null
    this.#places = places
    this.unplaced = start.jobs
    this.#queue()
    this.#resume(durations)
  }

  /** Passes at the start and after each end, until nothing runs any more: one a step. */
  *play(): Generator<void, void> {
    this.#pass.run(this.now, this.#placed)
    while (this.#endings.next < Number.POSITIVE_INFINITY) {
      yield
      this.now = Math.max(this.now, this.#endings.next)
      while (this.#endings.next <= this.now) this.#end(this.#endings.take())
      this.#pass.run(this.now, this.#placed)
    }
  }

  /** What waits at the start. */
  #queue(): void {
    const { buckets, first, predictedS } = this.#line
    buckets.forEach(({ shape }, bucket) => {
      let seconds = 0
      for (let place = first[bucket] ?? 0; place < (first[bucket + 1] ?? 0); place++)
        seconds += predictedS[place] ?? 0
      this.#prices.addWaiting(shape, seconds)
    })
  }

  /** What runs at the start. */
  #resume({ runningS }: Durations): void {
    const { rest, runningShapes } = this.#start
    rest.nodes.forEach(({ free }, node) => {
      this.#cluster.load(node, free, free.cores.length)
    })
    rest.running.forEach(({ node, grant, elapsedS, leftS }, i) => {
      const shape = runningShapes[i] ?? 0
      const slot = this.#running.add(node, shape, grant.gpus, -elapsedS, leftS)
      this.#prices.started(shape, leftS)
      this.#nodeOf[slot] = node
      this.#endings.add(slot, runningS?.[i] ?? leftS)
    })
  }

  readonly #placed = (_bucket: number, place: number, node: number, slot: number): void => {
    const job = this.#line.jobs[place] ?? 0
    const end =
      this.now + (this.#durationS ? (this.#durationS[job] ?? 0) : (this.#line.predictedS[place] ?? 0))
    this.#nodeOf[slot] = node
    this.#endings.add(slot, end)
    this.unplaced--
    if (!this.#places) return
    this.#places.startS[job] = this.now
    this.#places.endS[job] = end
    this.#places.node[job] = node
    this.#places.order.push(job)
  }

  #end(slot: number): void {
    const shape = this.#running.shape[slot] ?? 0
    const node = this.#nodeOf[slot] ?? 0
    this.#prices.ended(shape, this.#running.until[slot] ?? 0)
    this.#running.remove(node, slot)
    this.#cluster.give(shape, node, this.#running.gpus[slot] ?? [])
  }
}
