import { createMarkedSearch } from '../marked.ts'
import type { Death } from './death.ts'
import { type Guard, startGuard } from './guard/guard.ts'
import { createIdleWorkers } from './idle.ts'
import { PLAIN, type WorkerKind } from './kind.ts'
import type { FromWorker } from './messages.ts'
import type { TaskExecutorOptions } from './options.ts'
import { createWorker, endWorker, keepPrinted, type Worker } from './worker.ts'
import { findSetpriv, workerCommand } from './workerCommand.ts'
import { startWorkerProcess } from './workerProcess.ts'

/** An idle worker holds memory that nobody reserved: it is not kept for ever; one that may hold GPU memory less long. */
const LONGEST_IDLE_MS = 30_000
const LONGEST_IDLE_WITH_GPUS_MS = 2_000

/** Who hears of workers. */
export interface WorkersListener {
  heard(worker: Worker, message: FromWorker): void
  /** Nothing of it runs any more. */
  gone(worker: Worker, death: Death): void
}

/** The worker processes of an executor: those that work, and those that wait for a task. */
export class Workers {
  readonly #options: TaskExecutorOptions
  readonly #listener: WorkersListener
  readonly #all = new Set<Worker>()
  readonly #idle = createIdleWorkers<Worker>()
  readonly #search = createMarkedSearch()
  #hasSetpriv: boolean | null = null
  /** Started with the first worker. */
  #guard: Guard | null = null
  #mostAtOnce = 0

  constructor(options: TaskExecutorOptions, listener: WorkersListener) {
    this.#options = options
    this.#listener = listener
  }

  get size(): number {
    return this.#all.size
  }

  /** So many work at once: as many are kept when they idle. */
  noteWorking(count: number): void {
    this.#mostAtOnce = Math.max(this.#mostAtOnce, count)
  }

  /** Starts workers before there is anything for them to do. */
  warm(count: number): void {
    this.noteWorking(count)
    while (this.#all.size < count) this.rest(this.start(PLAIN))
  }

  /** An idle worker of the kind, or a fresh one, while so many work. */
  take(kind: WorkerKind, working: number): Worker {
    return this.#idle.take(kind.key) ?? this.#startInPlace(kind, working + 1)
  }

  /** It waits for its next task. */
  rest(worker: Worker): void {
    this.#idle.put(worker.kind.key, worker, performance.now())
  }

  /** It is given no task any more. */
  withdraw(worker: Worker): void {
    this.#idle.remove(worker)
  }

  start(kind: WorkerKind): Worker {
    this.#guard ??= startGuard()
    const env = { ...(this.#options.env ?? process.env), ...this.#guard.env, ...kind.visibleGpus }
    this.#hasSetpriv ??= findSetpriv(env['PATH'])
    const execArgv = this.#options.execArgv ?? []
    const command = workerCommand({ ...kind, execArgv, hasSetpriv: this.#hasSetpriv })
    const started = startWorkerProcess(command, env, {
      heard: message => this.#listener.heard(worker, message),
      printed: (stream, chunk) => keepPrinted(worker, stream, chunk),
      strays: () => this.#straysOf(worker),
      gone: death => this.#onGone(worker, death),
    })
    const worker = createWorker(kind, started)
    this.#all.add(worker)
    if (started.pid !== null) this.#guard.watch(started.pid)
    return worker
  }

  endStale(now: number): void {
    for (const worker of this.#idle.takeStale((one, since) => isStale(one, now - since))) endWorker(worker)
  }

  endAll(): void {
    for (const worker of this.#all) endWorker(worker)
  }

  close(): void {
    this.#guard?.close()
  }

  /** A fresh worker; where as many are there as ever worked at once, the one that idles the longest makes room. */
  #startInPlace(kind: WorkerKind, working: number): Worker {
    const most = Math.max(this.#mostAtOnce, working)
    while (working + this.#idle.size > most) {
      const oldest = this.#idle.takeOldest()
      if (oldest === undefined) break
      endWorker(oldest)
    }
    return this.start(kind)
  }

  #straysOf({ run }: Worker): readonly number[] {
    const output = run?.work.paths.output
    return output === undefined ? [] : (this.#search(new Set([output])).get(output) ?? [])
  }

  #onGone(worker: Worker, death: Death): void {
    this.#all.delete(worker)
    this.#idle.remove(worker)
    if (worker.process.pid !== null) this.#guard?.forget(worker.process.pid)
    this.#listener.gone(worker, death)
  }
}

function isStale({ kind }: Worker, idleMs: number): boolean {
  return idleMs >= (kind.hasGpus ? LONGEST_IDLE_WITH_GPUS_MS : LONGEST_IDLE_MS)
}
