import { appendFileSync, existsSync } from 'node:fs'
import type { BackendHost } from '../../../src/backends/backend.ts'
import type { Executor, ExecutorReport, Work } from '../../../src/executor.ts'
import { SimulatedExecutor } from '../../../src/testing/index.ts'
import { awaitedBy, logOf, play } from './play.ts'

const LOOK_EVERY_MS = 10

/** A simulated node whose jobs do what tests look at: they write when they begin and end, and wait for files. */
export class PlayedNode implements Executor {
  readonly #host: Pick<BackendHost, 'clock' | 'mayStart' | 'withdraw'>
  readonly #executor: SimulatedExecutor
  readonly #waiting = new Map<string, NodeJS.Timeout>()
  #isFrozen = false

  constructor(host: Pick<BackendHost, 'clock' | 'mayStart' | 'withdraw'>) {
    this.#host = host
    this.#executor = new SimulatedExecutor(host.clock, play)
  }

  start(work: Work, tell: (report: ExecutorReport) => void): void {
    if (!this.#host.mayStart()) {
      this.#host.withdraw([work.placement.id])
      return
    }
    this.#executor.start(work, report => {
      if (report.type === 'job.started') this.#begin(work)
      else if (report.type === 'job.exited') this.#forget(work.placement.id)
      tell(report)
    })
  }

  terminate(placementId: string): void {
    this.#executor.terminate(placementId)
  }

  kill(placementId: string): void {
    this.#executor.kill(placementId)
  }

  close(): Promise<void> {
    return this.#executor.close()
  }

  vanish(): void {
    this.#executor.vanish()
    for (const id of [...this.#waiting.keys()]) this.#forget(id)
  }

  freeze(): void {
    this.#isFrozen = true
  }

  thaw(): void {
    this.#isFrozen = false
  }

  #begin(work: Work): void {
    const awaited = awaitedBy(work)
    write(work, 'start')
    if (awaited === null) return
    const look = (): void => {
      if (!this.#isFrozen && existsSync(awaited)) this.#end(work)
    }
    this.#waiting.set(work.placement.id, setInterval(look, LOOK_EVERY_MS))
  }

  #end(work: Work): void {
    write(work, 'end')
    this.#executor.end(work.placement.id)
  }

  #forget(placementId: string): void {
    clearInterval(this.#waiting.get(placementId))
    this.#waiting.delete(placementId)
  }
}

function write(work: Work, what: 'start' | 'end'): void {
  const log = logOf(work)
  if (log) appendFileSync(log.path, `${what} ${log.id}\n`)
}
