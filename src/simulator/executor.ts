import type { Clock } from '../clock.ts'
import type { Executor, ExecutorReport, Work } from '../executor.ts'
import type { Ending } from '../job.ts'

/** How an attempt goes under simulation. */
export interface Script {
  /** Seconds from start to end; Infinity for an attempt that does not end by itself. */
  readonly durationS: number
  /** Seconds from placing to start. Default 0. */
  readonly startS?: number
  /** How it ends. Default `{ ok: true }`: exit code 0. */
  readonly ending?: Partial<Ending>
  /** Whether it ends when asked to (TERM). Default true. */
  readonly endsOnTerm?: boolean
  /** Seconds from a KILL to its end: a process may wait for a disk meanwhile. Default 0. */
  readonly killS?: number
  /** Whether it is never started at all: its ending is told alone. */
  readonly failsToStart?: boolean
}

/** Says how an attempt goes: from its job, so that the same run twice is the same. */
export type Play = (work: Work) => Script

interface Running {
  readonly work: Work
  readonly script: Script
  readonly tell: (report: ExecutorReport) => void
  startedAt: number
  timer: unknown
}

/** An executor without processes: attempts last and end as their script says, on a simulated clock. */
export class SimulatedExecutor implements Executor {
  readonly #clock: Clock
  readonly #play: Play
  readonly #running = new Map<string, Running>()

  constructor(clock: Clock, play: Play) {
    this.#clock = clock
    this.#play = play
  }

  /** Ids of the placements that run now. */
  get running(): ReadonlySet<string> {
    return new Set(this.#running.keys())
  }

  start(work: Work, tell: (report: ExecutorReport) => void): void {
    const script = this.#play(work)
    const running: Running = { work, script, tell, startedAt: this.#clock.now(), timer: null }
    this.#running.set(work.placement.id, running)
    running.timer = this.#clock.setTimeout(() => this.#begin(running), (script.startS ?? 0) * 1000)
  }

  terminate(placementId: string): void {
    const running = this.#running.get(placementId)
    if (running && running.script.endsOnTerm !== false) this.#end(running, bySignal('SIGTERM'))
  }

  kill(placementId: string): void {
    const running = this.#running.get(placementId)
    if (!running) return
    const end = () => this.#end(running, bySignal('SIGKILL'))
    if (running.script.killS) this.#clock.setTimeout(end, running.script.killS * 1000)
    else end()
  }

  /** Ends a running attempt now, as if by itself. Default: with exit code 0. Unknown ids are ignored. */
  end(placementId: string, ending: Partial<Ending> = {}): void {
    const running = this.#running.get(placementId)
    if (running) this.#end(running, ending)
  }

  async close(): Promise<void> {
    for (const placementId of this.running) this.kill(placementId)
  }

  /** All that runs here is gone without a word: the node was lost. */
  vanish(): void {
    for (const { timer } of this.#running.values()) this.#clock.clearTimeout(timer)
    this.#running.clear()
  }

  #begin(running: Running): void {
    const { work, script, tell } = running
    if (script.failsToStart) {
      this.#end(running, { ok: false, ...script.ending })
      return
    }
    running.startedAt = this.#clock.now()
    if (Number.isFinite(script.durationS)) {
      const end = () => this.#end(running, script.ending ?? {})
      running.timer = this.#clock.setTimeout(end, script.durationS * 1000)
    }
    tell({ type: 'job.started', placementId: work.placement.id, at: running.startedAt, pid: null })
  }

  #end({ work, tell, timer, startedAt }: Running, ending: Partial<Ending>): void {
    const placementId = work.placement.id
    if (!this.#running.delete(placementId)) return
    this.#clock.clearTimeout(timer)
    const durationS = (this.#clock.now() - startedAt) / 1000
    tell({ type: 'job.exited', placementId, ending: { ...PLAIN, durationS, ...ending } })
  }
}

const PLAIN: Ending = {
  ok: true,
  value: undefined,
  exitCode: 0,
  signal: null,
  durationS: 0,
  peakRamGb: null,
  representative: true,
  results: {},
}

function bySignal(signal: string): Partial<Ending> {
  return { ok: false, exitCode: null, signal, failure: { reason: 'signal', message: `ended by ${signal}` } }
}
