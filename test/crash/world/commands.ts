import type { CommandStand } from '../../../src/actors/command/executor.ts'
import type { Clock } from '../../../src/clock.ts'
import type { Executor, ExecutorReport, Work } from '../../../src/executor.ts'
import { LOST } from './endings.ts'
import type { Listener, Machine, Report } from './machine.ts'
import type { Mortal } from './mortal.ts'

/** What the executor of commands of one scheduler needs. */
export interface CommandsParts {
  readonly clock: Clock
  readonly mortal: Mortal
  readonly machine: Machine
  readonly adopted: Map<string, CommandStand>
  readonly mayStart: () => boolean
  readonly withheld: (ids: readonly string[]) => void
}

type Tell = (report: ExecutorReport) => void

/** Starts commands through the launchers of a machine, in the order of things that the real one keeps. */
export class Commands implements Executor, Listener {
  readonly #parts: CommandsParts
  readonly #running = new Map<string, Tell>()
  #starts: Work[] = []

  constructor(parts: CommandsParts) {
    this.#parts = parts
  }

  start(work: Work, tell: Tell): void {
    const { id } = work.placement
    this.#running.set(id, tell)
    if (this.#parts.adopted.has(id)) this.#parts.clock.setTimeout(() => this.#follow(id), 0)
    else {
      if (this.#starts.length === 0) this.#parts.clock.setTimeout(() => this.#release(), 0)
      this.#starts.push(work)
    }
  }

  terminate(id: string): void {
    this.#order('terminate', id)
  }

  kill(id: string): void {
    this.#order('kill', id)
  }

  async close(): Promise<void> {}

  acknowledge(ids: readonly string[]): void {
    const { clock, mortal, machine } = this.#parts
    clock.setTimeout(() => mortal.point() && machine.acknowledge(ids), 0)
  }

  /** Its node is gone, and all that it had there. */
  forgetAll(): void {
    this.#running.clear()
    this.#starts = []
    this.#parts.adopted.clear()
  }

  hear(report: Report): void {
    if (!this.#parts.mortal.point()) return
    const stand = this.#parts.adopted.get(report.id)
    if (!stand) this.#tell(report)
    else if (report.type === 'exited') this.#parts.adopted.set(report.id, { ...stand, ending: report.ending })
  }

  lost(ids: readonly string[]): void {
    for (const id of ids) {
      if (!this.#parts.mortal.point()) return
      this.#parts.machine.endOrphan(id)
      this.#tell({ type: 'exited', id, ending: LOST })
    }
  }

  #tell(report: Report): void {
    const { id: placementId } = report
    const tell = this.#running.get(placementId)
    if (!tell) return
    if (report.type === 'started') tell({ type: 'job.started', placementId, at: report.at, pid: 7 })
    else {
      this.#running.delete(placementId)
      tell({ type: 'job.exited', placementId, ending: report.ending })
    }
  }

  #follow(id: string): void {
    const stand = this.#parts.adopted.get(id)
    this.#parts.adopted.delete(id)
    if (!stand) return
    if (stand.startedAt !== null) this.#tell({ type: 'started', id, at: stand.startedAt })
    if (stand.ending) this.#tell({ type: 'exited', id, ending: { ...stand.ending, value: undefined } })
  }

  #release(): void {
    const { mayStart, withheld, mortal, machine } = this.#parts
    const due = this.#starts.splice(0)
    if (due.length === 0) return
    if (!mayStart()) {
      for (const { placement } of due) this.#running.delete(placement.id)
      withheld(due.map(({ placement }) => placement.id))
      return
    }
    for (const work of due) if (mortal.point()) machine.order({ type: 'start', work })
  }

  #order(type: 'terminate' | 'kill', id: string): void {
    if (this.#starts.some(({ placement }) => placement.id === id)) this.#release()
    if (this.#parts.mortal.point()) this.#parts.machine.order({ type, id })
  }
}
