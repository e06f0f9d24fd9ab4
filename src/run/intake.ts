import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { History } from '../actors/history/history.ts'
import type { Backend } from '../backends/backend.ts'
import { type Fault, InvalidJobsError } from '../errors.ts'
import type { Job } from '../job.ts'
import { impossible } from '../machines/placement/impossible.ts'
import { type Admitted, type Examined, examiner } from '../machines/scheduler/admit.ts'
import type { FixedRam } from '../node.ts'
import { JobIds, type JobSpec, JobsParsing } from '../schema/index.ts'
import type { System } from '../system.ts'
import { createTurns } from '../turns.ts'
import type { RunJournal } from './journal.ts'
import type { Resumption } from './resumption.ts'

/** What jobs are taken in for. */
export interface IntakeParts {
  readonly system: System
  readonly backend: Pick<Backend, 'name' | 'runsInline' | 'expect'>
  readonly journal: RunJournal
  /** What an earlier scheduler has left of the run; `null` for a new one. */
  readonly resumption: Resumption | null
  /** What earlier runs have taught; `null` without a history. */
  readonly history: History | null
  readonly fixedRam: FixedRam
  /** Retries of a job that does not say. */
  readonly retries: number | undefined
}

/** Jobs as a caller hands them in; those that were parsed before go through. */
export type GivenJobs = Iterable<JobSpec | Job>

/** So many jobs are looked at in one go where a list is long: a few milliseconds of work. */
const SLICE = 500

/** Takes jobs in for a run: of each call all, or, where one is at fault, none. */
export class Intake {
  readonly #parts: IntakeParts
  readonly #ids = new JobIds()
  /** Modules of tasks that exist. */
  readonly #found = new Set<string>()

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  /** Takes in what an earlier scheduler has left: what has ended, and, of `all`, what is still to be run. */
  restore({ all }: { readonly all: boolean }): void {
    const { system, resumption } = this.#parts
    if (!resumption) return
    system.actor.send({ type: 'jobs.restore', ended: resumption.ended })
    if (!all) return
    // Whoever goes on with all of a run adds further jobs to it: they are others, even where they look the same.
    for (const id of resumption.ids()) this.#ids.claim(id)
    const nodes = [...system.state().nodes.values()].map(({ capacity }) => capacity)
    const jobs = resumption.takeAll(({ job, demand }) => impossible(job.request, demand, nodes))
    system.actor.send({ type: 'jobs.add', jobs })
  }

  /** Whether an id is taken. */
  has(id: string): boolean {
    return this.#ids.has(id)
  }

  /** Adds jobs at once. Throws an `InvalidJobsError` with every fault. */
  add(given: GivenJobs): Admitted[] {
    const parsing = this.#parsing()
    try {
      parsing.take(given)
      const examined = [...this.#examine(parsing)]
      const admitted = examined.flatMap(slice => slice.admitted)
      refuse(examined.flatMap(slice => slice.faults))
      this.#admit(admitted)
      return admitted
    } catch (error) {
      parsing.giveUp()
      throw error
    }
  }

  /**
   * Adds jobs while the event loop goes on. `mayGoOn` is called again and again, and throws where no more is to be done.
   */
  async addAll(given: GivenJobs | AsyncIterable<JobSpec | Job>, mayGoOn: () => void): Promise<Admitted[]> {
    const turns = createTurns()
    const pause = async (): Promise<void> => {
      await turns()
      mayGoOn()
    }
    const admitted = await this.#check(given, pause)
    for (const slice of listSlices(admitted)) {
      this.#admit(slice)
      await pause()
    }
    return admitted
  }

  async #check(given: GivenJobs | AsyncIterable<JobSpec | Job>, pause: () => Promise<void>) {
    const parsing = this.#parsing()
    const admitted: Admitted[] = []
    const faults: Fault[] = []
    try {
      for await (const slice of slicesOf(given)) {
        parsing.take(slice)
        await pause()
      }
      for (const slice of this.#examine(parsing)) {
        for (const one of slice.admitted) admitted.push(one)
        for (const fault of slice.faults) faults.push(fault)
        await pause()
      }
      refuse(faults)
      return admitted
    } catch (error) {
      parsing.giveUp()
      throw error
    }
  }

  #parsing(): JobsParsing {
    return new JobsParsing(this.#ids, { retries: this.#parts.retries })
  }

  *#examine(parsing: JobsParsing): Generator<Examined> {
    const { system, history, fixedRam, resumption } = this.#parts
    const examine = examiner(system.state(), fixedRam, job => resumption?.settles(job) ?? false)
    let index = 0
    for (const jobs of parsing.finish()) {
      const { admitted, faults } = examine(history ? jobs.map(job => history.recall(job)) : jobs)
      yield { admitted, faults: [...faults, ...this.#functions(jobs, index), ...this.#modules(jobs, index)] }
      index += jobs.length
    }
  }

  /** Functions have nowhere to run where all nodes are other machines. */
  #functions(jobs: readonly Job[], from: number): Fault[] {
    const { name, runsInline } = this.#parts.backend
    if (runsInline) return []
    return jobs.flatMap(({ id, name: job, run }, i) => {
      if (run.kind !== 'inline') return []
      const message = `a function runs in the scheduler's own process only, not on the nodes of the backend ${name}: make it a task (a module whose default export is called) or a command`
      return [{ where: `job "${id}" (${job})`, message, index: from + i }]
    })
  }

  /** The module of a task may be on its way still while it is simulated, but not when it is to be run. */
  #modules(jobs: readonly Job[], from: number): Fault[] {
    return jobs.flatMap((job, i) => {
      if (job.run.kind !== 'task' || !this.#isMissing(job.run.module)) return []
      if (this.#parts.resumption?.settles(job)) return []
      const message = `expected the task to be a module that exists, but there is no ${pathOf(job.run.module)}`
      return [{ where: `job "${job.id}" (${job.name})`, message, index: from + i }]
    })
  }

  /** Many jobs have one module: it is looked for once, and again where it was not there. */
  #isMissing(module: string): boolean {
    if (this.#found.has(module) || !module.startsWith('file:')) return false
    if (!existsSync(pathOf(module))) return true
    this.#found.add(module)
    return false
  }

  #admit(admitted: readonly Admitted[]): void {
    const { system, backend, journal, resumption } = this.#parts
    backend.expect?.(admitted.filter(({ job }) => job.run.kind === 'command').length)
    const jobs = resumption?.goOn(admitted) ?? admitted
    journal.added(jobs.map(({ job }) => job).filter(job => !resumption?.knows(job)))
    system.actor.send({ type: 'jobs.add', jobs })
  }
}

/** The path of a file URL; one that names no file of this machine is its own. */
function pathOf(url: string): string {
  try {
    return fileURLToPath(url)
  } catch {
    return url
  }
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new InvalidJobsError(faults)
}

async function* slicesOf<T>(given: Iterable<T> | AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  if (Array.isArray(given)) {
    yield* listSlices<T>(given)
    return
  }
  let slice: T[] = []
  for await (const one of given) {
    slice.push(one)
    if (slice.length < SLICE) continue
    yield slice
    slice = []
  }
  yield slice
}

function* listSlices<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < list.length; from += SLICE) yield list.slice(from, from + SLICE)
}
