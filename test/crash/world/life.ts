import type { DatabaseSync } from 'node:sqlite'
import { journalIn } from '../../../src/actors/journal/journal.ts'
import { type JournaledRun, readRun, rowsOf } from '../../../src/actors/journal/read.ts'
import type { BackendNode } from '../../../src/backends/backend.ts'
import type { Executor } from '../../../src/executor.ts'
import { balancedReserve } from '../../../src/machines/placement/rulePolicy.ts'
import type { NodeCapacity } from '../../../src/node.ts'
import { Intake } from '../../../src/run/intake.ts'
import { createRunJournal, type RunJournal } from '../../../src/run/journal.ts'
import { openOutputs, type Resumption, takeOver } from '../../../src/run/resumption.ts'
import type { JobSpec } from '../../../src/schema/index.ts'
import type { SimulatedClock } from '../../../src/simulator/clock.ts'
import { createSystem, type System } from '../../../src/system.ts'
import { NO_FIXED_RAM } from '../../../src/testing/index.ts'
import { Commands } from './commands.ts'
import type { Laws } from './laws.ts'
import type { Machine } from './machine.ts'
import { troubled } from './messages.ts'
import { clockOf, diskOf, type Mortal } from './mortal.ts'
import { RETRY_DELAY_S, type Scenario, TIME_LIMIT_S } from './plan.ts'
import { type TasksExecutor, tasksOf } from './tasks.ts'

/** What schedulers find in the world. */
export interface LifeParts {
  readonly scenario: Scenario
  readonly clock: SimulatedClock
  readonly mortal: Mortal
  readonly db: DatabaseSync
  readonly machine: Machine
  readonly node: NodeCapacity
  readonly laws: Laws
}

/**
 * One scheduler: the parts that `createScheduler` wires to real processes and files, wired to simulated ones in the same
 * order. Throws where it dies before it stands.
 */
export class Life {
  readonly system: System
  readonly #parts: LifeParts
  readonly #journal: RunJournal
  readonly #intake: Intake
  readonly #commands: Commands
  readonly #tasks: TasksExecutor
  readonly #resumption: Resumption

  constructor(parts: LifeParts) {
    this.#parts = parts
    const { scenario, clock: worldClock, mortal, db, machine, node: seen, laws } = parts
    const clock = clockOf(worldClock, mortal)
    const lock = { release() {} }
    const journal = journalIn(diskOf(db, mortal), lock, { runDir: '', clock, durability: 'default' })
    const before = readRun(rowsOf(journal.database))
    const adopted = machine.adopt(new Set(openOutputs(before, '').get(seen.name)?.keys()))
    const all = scenario.goesOnBy === 'resume'
    const found: BackendNode = { ...NOTHING_ON_IT, capacity: seen, stands: new Map(adopted) }
    const { resumption, capacities } = takeOver({
      before,
      runDir: '',
      nodes: [found],
      fixedRam: NO_FIXED_RAM,
      all,
    })
    journal.ended(resumption.settled.map(({ outcome }) => outcome))
    machine.acknowledge(resumption.evicted)
    const withheld = (placementIds: readonly string[]) => {
      for (const id of placementIds) journal.withdrawn(id)
      this.system.actor.send({ type: 'placements.withdraw', placementIds })
    }
    const mayStart = () => journal.commit()
    this.#commands = new Commands({ clock, mortal, machine, adopted, mayStart, withheld })
    this.#tasks = tasksOf(worldClock, mortal, laws)
    this.#journal = createRunJournal(journal)
    this.system = createSystem({
      clock,
      defer: clock.defer,
      endOfTurn: clock.defer,
      keep: outcomes => this.#journal.keep(outcomes),
      policy: balancedReserve(),
      work: (job, placement) => ({ job, placement, paths: NO_FILES }),
      retryDelayS: RETRY_DELAY_S,
      inspect: event => void (event.type === '@xstate.event' && mortal.point()),
    })
    // Without someone who listens XState reports an error of the system to the process instead.
    this.system.actor.subscribe({ error: () => {} })
    journal.tell({ settled: ids => this.#commands.acknowledge(ids), broken() {}, mended() {} })
    this.#resumption = resumption
    this.join(capacities.get(seen.name) ?? seen)
    const { system } = this
    this.#intake = new Intake({
      ...{ system, journal: this.#journal, resumption, history: null },
      ...{ fixedRam: NO_FIXED_RAM, retries: undefined, backend: { name: 'local', runsInline: true } },
    })
    this.#intake.restore({ all })
    this.#listen()
    this.#addWhatIsMissing(before)
    machine.connect(this.#commands)
    this.#begin()
  }

  /** The node comes, or comes back. */
  join(node: NodeCapacity): void {
    const clock = clockOf(this.#parts.clock, this.#parts.mortal)
    const { messages } = this.#parts.scenario
    const [command, task] = [this.#commands, this.#tasks].map(one => troubled(one, clock, messages))
    if (command && task) this.system.join(node, { command, task, inline: task })
  }

  loseNode(name: string): void {
    this.#commands.forgetAll()
    this.#tasks.vanish()
    this.system.actor.send({ type: 'node.lose', node: name })
  }

  /** The machine is short of RAM: of the commands that run the last one is told to make room. */
  evict(): void {
    const live = [...this.system.state().live.values()].filter(({ startedAt }) => startedAt !== null)
    const jobId = live.findLast(({ pending }) => pending.job.run.kind === 'command')?.pending.job.id
    if (jobId !== undefined) this.system.actor.send({ type: 'job.evict', jobId })
  }

  /** As `scheduler.cancel` does. */
  cancel(ids: readonly string[]): void {
    const { jobs } = this.system.state()
    const unended = ids.filter(id => jobs.get(id)?.at !== 'end')
    this.#journal.cancelling(unended)
    this.system.actor.send({ type: 'jobs.cancel', ids })
    if (this.#parts.mortal.point()) for (const id of unended) this.#parts.laws.cancelled(id)
  }

  #listen(): void {
    const { mortal, laws } = this.#parts
    this.system.events$.subscribe(event => {
      this.#journal.hear(event, this.system.state())
      if (event.type === 'job.ended' && mortal.point()) laws.report(event.outcome)
    })
  }

  #addWhatIsMissing({ jobs }: JournaledRun): void {
    const { scenario } = this.#parts
    const known = new Set(scenario.goesOnBy === 'resume' ? jobs.map(({ job }) => job.id) : [])
    this.#intake.add(scenario.jobs.filter(({ id }) => !known.has(id)).map(specOf))
  }

  #begin(): void {
    const { held, cancelling, evicting } = this.#resumption
    const { actor } = this.system
    if (held.length > 0) actor.send({ type: 'jobs.adopt', held })
    if (cancelling.length > 0) actor.send({ type: 'jobs.cancel', ids: cancelling })
    for (const jobId of evicting) actor.send({ type: 'job.evict', jobId })
    actor.send({ type: 'scheduler.start' })
  }
}

function specOf({ id, kind, threads, retries, attempts }: Scenario['jobs'][number]): JobSpec {
  // A module that is there: in this world nothing is run.
  const run = kind === 'command' ? { command: ['true'] } : { task: import.meta.url }
  const needsLimit = attempts.some(({ ends }) => ends === 'never')
  return { id, ...run, threads, ramGb: 1, retries, timeS: 5, ...(needsLimit && { timeoutS: TIME_LIMIT_S }) }
}

const NO_FILES = { runDir: '', jobDir: '', output: '', stdout: '', stderr: '' }

const NOBODY: Executor = { start() {}, terminate() {}, kill() {}, close: async () => {} }
const NO_EXECUTORS = { command: NOBODY, task: NOBODY, inline: NOBODY }
const NOTHING_ON_IT = { totalGb: 0, fixedRam: NO_FIXED_RAM, executors: NO_EXECUTORS, look: () => null }
