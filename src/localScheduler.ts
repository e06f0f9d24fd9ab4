import { removeUnusedRunFolder } from './actors/record/folder.ts'
import { Outcomes } from './actors/record/outcomes.ts'
import { Results } from './actors/record/results.ts'
import type { Clock } from './clock.ts'
import { ClosedError, InvalidJobsError, UnknownJobError } from './errors.ts'
import type { Job, Outcome } from './job.ts'
import { type Admitted, examine } from './machines/scheduler/admit.ts'
import { reportOf, snapshotOf, unfinishedOfGroup } from './machines/scheduler/answers.ts'
import { progressOf, remainingOf, runningOf, useOf } from './machines/scheduler/picture.ts'
import { type JobRecord, type LiveJob, unfinished } from './machines/scheduler/state.ts'
import type { FixedRam } from './node.ts'
import type { SchedulerOptions } from './options.ts'
import type { Progress, RunEvent, RunPicture, RunReport } from './progress.ts'
import { attachReports, type Reports } from './reports/attach.ts'
import type { JobHandle, Scheduler } from './scheduler.ts'
import { JobIds, type JobSpec, parseJobs } from './schema/index.ts'
import type { ExecutorsByKind, System } from './system.ts'

/** What a scheduler is put together from. */
export interface LocalSchedulerParts {
  readonly system: System
  readonly clock: Clock
  readonly executors: ExecutorsByKind
  readonly fixedRam: FixedRam
  readonly runDir: string
  readonly inspector: { close(): Promise<void> } | null
  /** What the probe had to say. */
  readonly warnings: readonly string[]
  readonly options: SchedulerOptions
}

/** The scheduler of one machine: calls become messages to the system's actor, answers are read from its state. */
export class LocalScheduler implements Scheduler {
  readonly #parts: LocalSchedulerParts
  #results: Results | null = null
  readonly #ids = new JobIds()
  readonly #outcomes = new Outcomes()
  readonly #reports: Reports
  readonly #recentFailures: Outcome[] = []
  #startedAt: number | null = null
  #firstEstimate: RunReport['firstEstimate'] = null
  #running: Promise<RunReport> | null = null
  #closing: Promise<void> | null = null

  constructor(parts: LocalSchedulerParts) {
    this.#parts = parts
    const { system, clock, options } = parts
    system.events$.subscribe(event => this.#note(event))
    const { reports = 'none' } = options
    const { stdout, stderr } = process
    this.#reports = attachReports({
      mode: reports,
      events$: this.events$,
      picture: () => this.picture(),
      stdout,
      stderr,
      clock,
    })
  }

  get events$() {
    return this.#parts.system.events$
  }

  get actor() {
    return this.#parts.system.actor
  }

  get runDir() {
    return this.#parts.runDir
  }

  add(specs: JobSpec | Iterable<JobSpec | Job>): JobHandle[] {
    this.#mustBeOpen()
    const { retries } = this.#parts.options
    const jobs = parseJobs(isIterable(specs) ? specs : [specs], this.#ids, { retries })
    const { admitted, faults } = examine(this.#state, jobs, this.#parts.fixedRam)
    if (faults.length > 0) {
      this.#ids.release(jobs.map(({ id }) => id))
      throw new InvalidJobsError(faults)
    }
    this.actor.send({ type: 'jobs.add', jobs: admitted })
    return admitted.map(one => this.#handle(one))
  }

  start(): void {
    this.#mustBeOpen()
    if (this.#startedAt === null) this.#begin()
    this.actor.send({ type: 'scheduler.start' })
  }

  run(): Promise<RunReport> {
    this.start()
    this.#running = this.#runToRest()
    return this.#running
  }

  async #runToRest(): Promise<RunReport> {
    await this.#idle()
    const report = reportOf(this.#state, {
      runDir: this.runDir,
      startedAt: this.#since,
      firstEstimate: this.#firstEstimate,
    })
    this.#parts.system.tell({
      type: 'run.ended',
      at: report.endedAt,
      durationS: report.durationS,
      counts: report.counts,
    })
    this.#results?.summarize(report)
    await this.#reports.end(report)
    return report
  }

  cancel(id: string): void {
    if (!this.#state.jobs.has(id) && !this.#ids.has(id)) throw new UnknownJobError(id)
    this.actor.send({ type: 'jobs.cancel', ids: [id] })
  }

  cancelGroup(group: string): number {
    const ids = unfinishedOfGroup(this.#state, group)
    this.actor.send({ type: 'jobs.cancel', ids })
    return ids.length
  }

  pause(): void {
    this.actor.send({ type: 'scheduler.pause' })
  }

  continue(): void {
    this.actor.send({ type: 'scheduler.continue' })
  }

  async drain(): Promise<void> {
    this.actor.send({ type: 'scheduler.drain' })
    await this.#idle()
  }

  progress(): Progress {
    return progressOf(this.#state, this.#since, remainingOf(this.#state))
  }

  picture(): RunPicture {
    const state = this.#state
    const remaining = remainingOf(state)
    return {
      runDir: this.runDir,
      startedAt: this.#since,
      now: this.#parts.clock.now(),
      state: this.#phase(),
      progress: progressOf(state, this.#since, remaining),
      nodes: [...state.nodes.values()].map(useOf),
      running: runningOf(state, remaining, live => this.#ramOf(live)),
      failures: this.#recentFailures,
    }
  }

  close(): Promise<void> {
    // Known to be closing before anything is cancelled.
    this.#closing ??= Promise.resolve().then(() => this.#close())
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #state() {
    return this.#parts.system.state()
  }

  get #since(): number {
    return this.#startedAt ?? this.#parts.clock.now()
  }

  /** A run that starts: from here on its time counts. */
  #begin(): void {
    const { system, clock, fixedRam, warnings, runDir } = this.#parts
    const { jobs, nodes } = this.#state
    const at = clock.now()
    this.#startedAt = at
    this.#results ??= this.#openResults()
    const capacities = [...nodes.values()].map(({ capacity }) => capacity)
    system.tell({ type: 'run.started', at, jobs: jobs.size, nodes: capacities, fixedRam, runDir })
    for (const message of warnings) system.tell({ type: 'warning', at, message })
  }

  #openResults(): Results {
    const { system, clock, runDir } = this.#parts
    return new Results(runDir, message => system.tell({ type: 'warning', at: clock.now(), message }))
  }

  /** Called while an event happens: an outcome is written down before its resources are given to others. */
  #note(event: RunEvent): void {
    if (event.type === 'job.ended') this.#noteOutcome(event.outcome)
    else if (event.type === 'burst.placed') this.#firstEstimate ??= this.#estimate()
  }

  #noteOutcome(outcome: Outcome): void {
    // Jobs of a run that was never started have no folder to be written into.
    if (this.#startedAt !== null || !this.#closing) this.#results ??= this.#openResults()
    this.#results?.add(outcome)
    this.#outcomes.settle(outcome)
    if (outcome.status !== 'failed') return
    this.#recentFailures.unshift(outcome)
    this.#recentFailures.splice(MOST_FAILURES)
  }

  #estimate(): RunReport['firstEstimate'] {
    const { elapsedS, remainingS } = this.progress()
    return remainingS === null ? null : { atS: elapsedS, remainingS }
  }

  #handle({ job, demand }: Admitted): JobHandle {
    const { id, name } = job
    // What is added while something happens (from within an inline job, say) joins the queue right after that.
    const added: JobRecord = { at: 'queue', pending: { job, demand, seq: 0, attempts: 0 } }
    const recordOf = (): JobRecord => this.#state.jobs.get(id) ?? added
    const outcomes = this.#outcomes
    const owner = this.actor
    return {
      id,
      name,
      get outcome() {
        const record = recordOf()
        return record.at === 'end' ? Promise.resolve(record.outcome) : outcomes.of(id)
      },
      getSnapshot: () => snapshotOf(recordOf(), owner),
    }
  }

  #ramOf({ pending, placementId }: LiveJob): number | null {
    return this.#parts.executors[pending.job.run.kind].ramGb?.(placementId) ?? null
  }

  #mustBeOpen(): void {
    if (this.#closing) throw new ClosedError('This scheduler is closed: make another one to run more jobs.')
  }

  #phase(): RunPicture['state'] {
    const phase = this.actor.getSnapshot().value
    return phase === 'drained' || phase === 'closed' ? 'ended' : phase
  }

  /** Nothing runs, and nothing will be placed unless somebody says so. */
  #isAtRest(): boolean {
    return this.#phase() === 'ended' || unfinished(this.#state) === 0
  }

  /** Resolves when the scheduler comes to rest; rejects when its actor has failed, which is a defect of Longshore. */
  async #idle(): Promise<void> {
    if (this.#isAtRest()) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const idle = this.actor.on('scheduler.idle', () => resolve())
    const end = this.actor.subscribe({ error: reject, complete: resolve })
    try {
      await promise
    } finally {
      idle.unsubscribe()
      end.unsubscribe()
    }
  }

  async #idleOrGraceOver(): Promise<void> {
    const { clock, options } = this.#parts
    const grace = Promise.withResolvers<void>()
    const timer = clock.setTimeout(grace.resolve, (options.graceS ?? 10) * 1000)
    await Promise.race([this.#idle(), grace.promise]).finally(() => clock.clearTimeout(timer))
  }

  async #close(): Promise<void> {
    const { executors, inspector } = this.#parts
    this.actor.send({ type: 'scheduler.close' })
    await this.#idleOrGraceOver()
    // A function that does not heed its signal would keep this waiting for ever: it is told as ended.
    await executors.inline.close()
    await this.#idle()
    await this.#running?.catch(() => undefined)
    await Promise.all([executors.command.close(), executors.task.close()])
    this.actor.stop()
    await inspector?.close()
    if (this.#results) this.#results.close()
    else removeUnusedRunFolder(this.runDir)
  }
}

const MOST_FAILURES = 20

/** Untyped callers may hand in anything: what is no list is judged as a job. */
function isIterable<T>(specs: T | Iterable<T>): specs is Iterable<T> {
  return typeof specs === 'object' && specs !== null && Symbol.iterator in specs
}
