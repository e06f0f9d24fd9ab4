import type { CommandStand } from '../../../src/actors/command/executor.ts'
import type { Work } from '../../../src/executor.ts'
import type { Ending } from '../../../src/job.ts'
import type { SimulatedClock } from '../../../src/simulator/clock.ts'
import { ENDED_BY_TERM, ENDINGS, KILLED } from './endings.ts'
import type { AttemptPlan } from './plan.ts'

/** What a launcher is told. */
export type Order =
  | { readonly type: 'start'; readonly work: Work }
  | { readonly type: 'terminate' | 'kill'; readonly id: string }

/** What a launcher tells. */
export type Report =
  | { readonly type: 'started'; readonly id: string; readonly at: number }
  | { readonly type: 'exited'; readonly id: string; readonly ending: Ending }

/** Whoever hears launchers: the executor of a scheduler that lives. */
export interface Listener {
  hear(report: Report): void
  /** The launcher has died that had these. */
  lost(ids: readonly string[]): void
}

interface Process {
  readonly work: Work
  readonly plan: AttemptPlan
  readonly startedAt: number
  /** `null` once its launcher has died: then nobody notes how it ends. */
  launcher: Launcher | null
  timer: unknown
}

/** A launcher: what it was told and has not done yet, and what it has written down. */
interface Launcher {
  readonly orders: Order[]
  readonly kept: Map<string, CommandStand>
  isAlive: boolean
}

/** Who is asked how attempts go, and told when one begins and ends. */
export interface Watch {
  planOf(work: Work): AttemptPlan
  began(work: Work, running: readonly Work[]): void
  ended(work: Work, ending: Ending): void
}

/** An order takes so long to reach a launcher, in ms. */
export const ORDER_MS = 2

/** What outlives a scheduler: launchers with their notebooks, and the processes of commands. */
export class Machine {
  readonly #clock: SimulatedClock
  readonly #watch: Watch
  readonly #processes = new Map<string, Process>()
  #launcher: Launcher = newLauncher()
  #dead: Launcher[] = []
  #listener: Listener | null = null

  constructor(clock: SimulatedClock, watch: Watch) {
    this.#clock = clock
    this.#watch = watch
  }

  get running(): readonly Work[] {
    return [...this.#processes.values()].map(({ work }) => work)
  }

  /** Endings that nobody has said to have in a journal. */
  get kept(): readonly string[] {
    return [this.#launcher, ...this.#dead].flatMap(({ kept }) => [...kept.keys()])
  }

  /** A scheduler that has just begun, which hears all from now on. */
  connect(listener: Listener): void {
    this.#listener = listener
  }

  /** The scheduler is gone. What it had sent is there. */
  disconnect(): void {
    this.#listener = null
  }

  /** Takes over, of these placements, what runs or has ended; ends what nobody knows of. */
  adopt(open: ReadonlySet<string>): Map<string, CommandStand> {
    while (this.#obey(this.#launcher));
    const stands = new Map([...this.#standing(), ...this.#keptOf(open)])
    for (const [id, process] of this.#processes) if (!process.launcher) this.#vanish(id)
    for (const id of [...stands.keys()])
      if (!open.has(id)) {
        this.#end(id, KILLED)
        this.acknowledge([id])
        stands.delete(id)
      }
    return stands
  }

  order(order: Order): void {
    const launcher = this.#launcher
    launcher.orders.push(order)
    this.#clock.setTimeout(() => this.#obey(launcher), ORDER_MS)
  }

  acknowledge(ids: readonly string[]): void {
    for (const { kept } of [this.#launcher, ...this.#dead]) for (const id of ids) kept.delete(id)
  }

  /** Ends a process whose launcher is dead. */
  endOrphan(id: string): void {
    if (this.#processes.get(id)?.launcher === null) this.#vanish(id)
  }

  /** The launcher dies; what it has written down stays, what it was told and has not done is gone. */
  killLauncher(): void {
    const launcher = this.#launcher
    launcher.isAlive = false
    this.#dead.push(launcher)
    this.#launcher = newLauncher()
    const told = launcher.orders.splice(0).flatMap(order => (order.type === 'start' ? [order.work] : []))
    const ran = [...this.#processes.values()].filter(process => process.launcher === launcher)
    for (const process of ran) process.launcher = null
    const ids = [...told, ...ran.map(({ work }) => work)].map(({ placement }) => placement.id)
    this.#clock.setTimeout(() => this.#listener?.lost(ids), 0)
  }

  /** All that runs is gone without a word, and what was written down with it. */
  lose(): void {
    for (const id of [...this.#processes.keys()]) this.#vanish(id)
    this.#launcher.orders.length = 0
    this.#launcher = newLauncher()
    this.#dead = []
  }

  #obey(launcher: Launcher): boolean {
    const order = launcher.orders.shift()
    if (!order) return false
    if (order.type === 'start') this.#start(order.work, launcher)
    else if (order.type === 'kill') this.#end(order.id, KILLED)
    else if (this.#processes.get(order.id)?.plan.endsOnTerm) this.#end(order.id, ENDED_BY_TERM)
    return true
  }

  #start(work: Work, launcher: Launcher): void {
    const { id } = work.placement
    const plan = this.#watch.planOf(work)
    this.#watch.began(work, this.running)
    const startedAt = this.#clock.now()
    const process: Process = { work, plan, startedAt, launcher, timer: null }
    this.#processes.set(id, process)
    const how = plan.ends === 'never' ? null : ENDINGS[plan.ends]
    if (how) process.timer = this.#clock.setTimeout(() => this.#end(id, how), plan.durationS * 1000)
    this.#listener?.hear({ type: 'started', id, at: startedAt })
  }

  #end(id: string, how: Ending): void {
    const process = this.#processes.get(id)
    if (!process) return
    const { work, startedAt, launcher } = process
    const ending = { ...how, durationS: (this.#clock.now() - startedAt) / 1000 }
    this.#vanish(id)
    if (!launcher) return
    this.#watch.ended(work, ending)
    launcher.kept.set(id, { id, pid: 7, startedAt, ramGb: 0, ending })
    this.#listener?.hear({ type: 'exited', id, ending })
  }

  #vanish(id: string): void {
    this.#clock.clearTimeout(this.#processes.get(id)?.timer)
    this.#processes.delete(id)
  }

  #standing(): [string, CommandStand][] {
    return [...this.#processes].flatMap(([id, { startedAt, launcher }]) =>
      launcher ? [[id, { id, pid: 7, startedAt, ramGb: 0, ending: null }]] : [],
    )
  }

  /** Of dead launchers only what is still open is of use. */
  #keptOf(open: ReadonlySet<string>): [string, CommandStand][] {
    const left = this.#dead.flatMap(({ kept }) => [...kept].filter(([id]) => open.has(id)))
    for (const launcher of this.#dead)
      for (const id of launcher.kept.keys()) if (!open.has(id)) launcher.kept.delete(id)
    return [...this.#launcher.kept, ...left]
  }
}

function newLauncher(): Launcher {
  return { orders: [], kept: new Map(), isAlive: true }
}
