import type { Executor, ExecutorReport, Work } from '../../executor.ts'
import type { Ending, JobFailure } from '../../job.ts'
import { failureOf } from '../thrown.ts'
import type { Death } from './death.ts'
import { workerKind } from './kind.ts'
import type { Done, FromWorker, Ready } from './messages.ts'
import { DEFAULT_LIMITS, type TaskExecutorOptions } from './options.ts'
import { packWork } from './packing.ts'
import { treeRamGb } from './ram.ts'
import {
  createRun,
  endingOfDeath,
  endingOfDone,
  endingOfFailure,
  highest,
  type Run,
  tellExited,
} from './run.ts'
import { findUncloneable } from './uncloneable.ts'
import { isWorn, type WearLimits } from './wear.ts'
import { endWorker, type Worker, wearOf } from './worker.ts'
import { Workers } from './workers.ts'

export { bareWorkerCommand } from './workerCommand.ts'

/** The ending of a task whose arguments cannot be handed to another process; `error` is what was thrown. */
export function unsentEnding(work: Work, error: unknown): Ending {
  return endingOfFailure(explainArgs(work, error))
}

/** Runs tasks in warm worker processes. */
export interface TaskExecutor extends Executor {
  /** Resident memory in GiB of a task's worker and what it has started, as of about a second ago. */
  ramGb(placementId: string): number | null
  /** Starts workers before there is anything for them to do, so that the first tasks need not wait for them. */
  warm(workers: number): void
}

const TICK_MS = 1000

/**
 * Runs tasks (a module's default export) in warm worker processes, one task at a time in each. A worker is used
 * again for tasks with the same visible GPUs and pinned CPUs, until it is worn (`isWorn`), has failed outside of a
 * task's own promise, or is left with processes that a task has started: these end with the task. At most as many
 * workers are kept as have worked at once, and none that has idled for half a minute.
 *
 * What a task writes to `process.stdout` and `process.stderr` stands in its logs when its end is told. What native
 * code and child processes write to the inherited file descriptors 1 and 2 is added to the logs of the task that
 * the worker runs, or ran last, and may come a moment after its end.
 */
export function createTaskExecutor(options: TaskExecutorOptions): TaskExecutor {
  return new WarmWorkers(options)
}

class WarmWorkers implements TaskExecutor {
  readonly #now: () => number
  readonly #limits: WearLimits
  readonly #workers: Workers
  readonly #running = new Map<string, Worker>()
  #timer: NodeJS.Timeout | null = null
  #whenClosed: PromiseWithResolvers<void> | null = null

  constructor(options: TaskExecutorOptions) {
    this.#now = () => options.now()
    this.#workers = new Workers(options, {
      heard: (worker, message) => this.#hear(worker, message),
      gone: (worker, death) => this.#onGone(worker, death),
    })
    this.#limits = { ...DEFAULT_LIMITS, ...options }
  }

  start(work: Work, tell: (report: ExecutorReport) => void): void {
    const run = createRun(work, tell)
    if (this.#whenClosed !== null) refuse(run, 'The scheduler has been closed.')
    else this.#hand(run, this.#workers.take(workerKind(work), this.#running.size))
  }

  terminate(placementId: string): void {
    const worker = this.#running.get(placementId)
    if (!worker?.run) return
    worker.run.aborted = true
    worker.process.send('abort')
  }

  kill(placementId: string): void {
    const worker = this.#running.get(placementId)
    if (worker !== undefined) endWorker(worker)
  }

  ramGb(placementId: string): number | null {
    return this.#running.get(placementId)?.run?.ramGb ?? null
  }

  warm(workers: number): void {
    this.#workers.warm(workers)
    if (this.#running.size === 0) this.#armTimer()
  }

  close(): Promise<void> {
    this.#whenClosed ??= Promise.withResolvers()
    this.#workers.endAll()
    this.#armTimer()
    this.#settleClose()
    return this.#whenClosed.promise
  }

  /** Every task comes by here: on its way to an idle worker, a fresh one, or a second one where the first had died. */
  #hand(run: Run, worker: Worker): void {
    worker.run = run
    worker.paths = run.work.paths
    this.#running.set(run.work.placement.id, worker)
    this.#workers.noteWorking(this.#running.size)
    if (this.#running.size === 1) this.#armTimer()
    try {
      worker.process.send(packWork(run.work))
      if (run.aborted) worker.process.send('abort')
      if (worker.bareRamGb !== null) this.#begin(run, worker)
    } catch (error) {
      this.#release(worker, run)
      tellExited(run, unsentEnding(run.work, error))
    }
  }

  #begin(run: Run, { process }: Worker): void {
    run.startedAt = performance.now()
    const { id } = run.work.placement
    run.tell({ type: 'job.started', placementId: id, at: this.#now(), pid: process.pid })
  }

  #hear(worker: Worker, message: FromWorker): void {
    if (message.type === 'ready') this.#onReady(worker, message)
    else if (message.type === 'done') this.#onDone(worker, message)
    else if (message.type === 'broken') this.#onBroken(worker)
    else if (worker.run !== null) tellProgressed(worker.run, message.fraction)
  }

  #onReady(worker: Worker, { ramGb }: Ready): void {
    worker.bareRamGb = ramGb
    if (worker.run !== null) this.#begin(worker.run, worker)
  }

  #onDone(worker: Worker, done: Done): void {
    const { run } = worker
    if (run === null) return
    worker.tasks += 1
    worker.ramGb = done.ramGb ?? worker.ramGb
    const ending = endingOfDone(run, done)
    if (worker.isEnding || done.spent || isWorn(wearOf(worker), this.#limits)) {
      worker.settled = ending
      endWorker(worker)
    } else {
      this.#release(worker, run)
      tellExited(run, ending)
    }
  }

  /** What a task has left behind failed in the idle worker; a task on its way there has not begun. */
  #onBroken(worker: Worker): void {
    const { run } = worker
    this.#workers.withdraw(worker)
    if (run !== null && !worker.isEnding) {
      worker.run = null
      this.#hand(run, this.#workers.start(worker.kind))
    }
    endWorker(worker)
  }

  #onGone(worker: Worker, death: Death): void {
    const { run } = worker
    if (run !== null) this.#endRun(run, worker, death)
    this.#settleClose()
  }

  #endRun(run: Run, worker: Worker, death: Death): void {
    const hasNotBegun = worker.bareRamGb !== null && worker.process.undelivered && !worker.isEnding
    if (hasNotBegun) this.#hand(run, this.#workers.start(worker.kind))
    else this.#settle(run, worker.settled ?? endingOfDeath(run, death))
  }

  #settle(run: Run, ending: Ending): void {
    this.#running.delete(run.work.placement.id)
    this.#stayAlive()
    tellExited(run, ending)
  }

  #release(worker: Worker, run: Run): void {
    this.#running.delete(run.work.placement.id)
    worker.run = null
    this.#workers.rest(worker)
    if (this.#running.size === 0) this.#armTimer()
  }

  /**
   * One timer for everything that takes its time, none while there are no workers. It also keeps this process alive
   * while tasks run, which the workers themselves do not, so that idle ones do not either.
   */
  #armTimer(): void {
    this.#timer ??= setTimeout(() => this.#tick(), TICK_MS)
    this.#stayAlive()
  }

  #stayAlive(): void {
    const isNeeded = this.#running.size > 0 || this.#whenClosed !== null
    if (isNeeded) this.#timer?.ref()
    else this.#timer?.unref()
  }

  #tick(): void {
    this.#timer = null
    const now = performance.now()
    for (const worker of this.#running.values()) sampleRam(worker, now)
    this.#workers.endStale(now)
    if (this.#workers.size > 0) this.#armTimer()
  }

  #settleClose(): void {
    if (this.#whenClosed === null || this.#workers.size > 0) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#workers.close()
    this.#whenClosed.resolve()
  }
}

/** Short tasks measure themselves at their end; what children of a task hold is seen here alone. */
function sampleRam({ run, process }: Worker, now: number): void {
  if (run === null || process.pid === null || run.startedAt === null || now - run.startedAt < TICK_MS) return
  run.ramGb = treeRamGb(process.pid)
  run.peakRamGb = highest(run.peakRamGb, run.ramGb)
}

function tellProgressed({ work, tell }: Run, fraction: number): void {
  tell({ type: 'job.progressed', placementId: work.placement.id, fraction })
}

function refuse(run: Run, message: string): void {
  tellExited(run, endingOfFailure({ reason: 'start', message }))
}

function explainArgs({ job }: Work, error: unknown): JobFailure {
  const args = job.run.kind === 'task' ? job.run.args : undefined
  const what = findUncloneable(args, 'args') ?? failureOf(error).message
  return { reason: 'start', message: `The task cannot be handed to a worker: ${what}. Give it plain data.` }
}
