import type { History } from './actors/history/history.ts'
import { removeUnusedRunFolder } from './actors/record/folder.ts'
import { AddedJob } from './addedJob.ts'
import type { Backend } from './backends/backend.ts'
import type { Clock } from './clock.ts'
import { ClosedError, UnknownJobError } from './errors.ts'
import type { Explanation } from './explanation.ts'
import { Intake } from './intake.ts'
import type { Job, Outcome } from './job.ts'
import { explain } from './machines/explain/explain.ts'
import { RunNotes } from './machines/explain/notes.ts'
import type { Admitted } from './machines/scheduler/admit.ts'
import { reportOf, unfinishedIds } from './machines/scheduler/answers.ts'
import { type Ahead, remainingOf, runningOf, useOf } from './machines/scheduler/picture.ts'
import type { SchedulerOptions } from './options.ts'
import type { Progress, RunEvent, RunPicture, RunReport, Stop } from './progress.ts'
import { attachReports, type Reports } from './reports/attach.ts'
import { rest, restWithin } from './rest.ts'
import type { Resumed, Resumption } from './resumption.ts'
import { RunEndTime } from './runEndTime.ts'
import type { RunJournal } from './runJournal.ts'
import type { RunNodes } from './runNodes.ts'
import { RunRecord } from './runRecord.ts'
import type { JobHandle, Scheduler } from './scheduler.ts'
import type { JobSpec } from './schema/index.ts'
import { nearestId } from './schema/suggest.ts'
import type { System } from './system.ts'
import type { Warnings } from './warnings.ts'

/** What a scheduler is put together from. */
export interface LocalSchedulerParts {
  readonly system: System
  readonly clock: Clock
  readonly backend: Backend
  readonly nodes: RunNodes
  readonly runDir: string
  readonly journal: RunJournal
  /** What an earlier scheduler has left of the run; `null` for a new one. */
  readonly resumption: Resumption | null
  /** What earlier runs have taught; `null` for a run that is not to know. */
  readonly history: History | null
  /** The socket at which the run can be asked from outside. */
  readonly control: { close(): Promise<void> }
  readonly inspector: { close(): Promise<void> } | null
  /** What there was to say before the run. */
  readonly warnings: Warnings
  readonly options: SchedulerOptions
}

/** The scheduler of a run: calls become messages to the system's actor, answers are read from its state. */
export class LocalScheduler implements Scheduler {
  readonly #parts: LocalSchedulerParts
  readonly #record: RunRecord
  readonly #intake: Intake
  readonly #notes = new RunNotes()
  readonly #reports: Reports
  readonly #endTime: RunEndTime
  #running: Promise<RunReport> | null = null
  #closing: Promise<void> | null = null
  #stop: Stop | null = null

  constructor(parts: LocalSchedulerParts) {
    this.#parts = parts
    const { system, clock, options, runDir } = parts
    this.#intake = new Intake({ ...parts, fixedRam: parts.nodes.fixedRam, retries: options.retries })
    this.#intake.restore({ all: options.resume === true })
    this.#record = new RunRecord({ runDir, warn: message => this.#warn(message) })
    this.#endTime = new RunEndTime({
      clock,
      state: () => this.#state,
      ahead: () => this.#ahead(),
      startedAt: () => this.#record.startedAt,
    })
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

  get resumed(): Resumed | null {
    return this.#parts.resumption?.found ?? null
  }

  get runDir() {
    return this.#parts.runDir
  }

  add(specs: JobSpec | Iterable<JobSpec | Job>): JobHandle[] {
    this.#mustBeOpen()
    return this.#handles(this.#intake.add(isIterable(specs) ? specs : [specs]))
  }

  async addAll(specs: Iterable<JobSpec | Job> | AsyncIterable<JobSpec | Job>): Promise<JobHandle[]> {
    this.#mustBeOpen()
    return this.#handles(await this.#intake.addAll(specs, () => this.#mustBeOpen()))
  }

  start(): void {
    this.#mustBeOpen()
    this.#stop = null
    if (this.#record.startedAt === null) this.#begin()
    this.actor.send({ type: 'scheduler.start' })
  }

  run(): Promise<RunReport> {
    this.start()
    this.#running = this.#runToRest()
    return this.#running
  }

  async #runToRest(): Promise<RunReport> {
    await rest(this.actor)
    this.#endTime.stop()
    const { history } = this.#parts
    const report = reportOf(this.#state, {
      runDir: this.runDir,
      startedAt: this.#since,
      stop: this.#stop,
      firstEstimate: this.#endTime.first,
      history: history?.use ?? null,
    })
    this.#parts.system.tell({
      type: 'run.ended',
      at: report.endedAt,
      durationS: report.durationS,
      counts: report.counts,
    })
    this.#record.summarize(report)
    await this.#reports.end(report)
    return report
  }

  cancel(id: string): boolean {
    const { jobs } = this.#state
    if (!jobs.has(id) && !this.#intake.has(id)) throw new UnknownJobError(id, nearestId(id, jobs.keys()))
    const isOpen = jobs.get(id)?.at !== 'end'
    this.#cancelThese([id])
    return isOpen
  }

  cancelGroup(group: string): number {
    return this.#cancelThese(unfinishedIds(this.#state, group))
  }

  cancelAll(): number {
    return this.#cancelThese(unfinishedIds(this.#state))
  }

  #cancelThese(ids: readonly string[]): number {
    const { jobs } = this.#state
    this.#parts.journal.cancelling(ids.filter(id => jobs.get(id)?.at !== 'end'))
    this.actor.send({ type: 'jobs.cancel', ids })
    return ids.length
  }

  pause(): void {
    this.actor.send({ type: 'scheduler.pause' })
  }

  continue(): void {
    this.actor.send({ type: 'scheduler.continue' })
  }

  async drain(by?: string): Promise<void> {
    this.#noteStop(by, null)
    this.actor.send({ type: 'scheduler.drain' })
    await rest(this.actor)
  }

  explain(id: string): Explanation {
    const state = this.#state
    const record = state.jobs.get(id)
    if (!record) throw new UnknownJobError(id, nearestId(id, state.jobs.keys()))
    const pending = record.at === 'place' ? record.live.pending : record.pending
    return explain(state, {
      record,
      phase: this.#phase(),
      since: this.#notes.sinceOf(pending, this.#parts.clock.now()),
      moment: record.at === 'place' ? this.#notes.momentOf(record.live) : null,
    })
  }

  progress(): Progress {
    return this.#endTime.progress(remainingOf(this.#state, this.#ahead()))
  }

  picture(): RunPicture {
    const state = this.#state
    const remaining = remainingOf(state, this.#ahead())
    return {
      runDir: this.runDir,
      startedAt: this.#since,
      now: this.#parts.clock.now(),
      state: this.#phase(),
      stop: this.#stop,
      progress: this.#endTime.progress(remaining),
      nodes: [...state.nodes.values()].map(useOf),
      running: runningOf(state, remaining, live => this.#parts.nodes.ramOf(live)),
      failures: this.#record.failures,
    }
  }

  close(by?: string): Promise<void> {
    // Known to be closing before anything is cancelled.
    if (!this.#closing) this.#parts.journal.closing()
    this.#closing ??= Promise.resolve().then(() => this.#close(by))
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #state() {
    return this.#parts.system.state()
  }

  get #graceMs(): number {
    return (this.#parts.options.graceS ?? 10) * 1000
  }

  get #since(): number {
    return this.#record.startedAt ?? this.#parts.clock.now()
  }

  /** A run that starts: from here on its time counts. */
  #begin(): void {
    const { system, clock, warnings, runDir, resumption } = this.#parts
    const { fixedRam } = this.#parts.nodes
    const { jobs, nodes } = this.#state
    const at = clock.now()
    this.#record.begin(at)
    const capacities = [...nodes.values()].map(({ capacity }) => capacity)
    const held = resumption?.held ?? []
    const known = jobs.size + held.length
    system.tell({ type: 'run.started', at, jobs: known, nodes: capacities, fixedRam, runDir })
    warnings.to(message => system.tell({ type: 'warning', at: clock.now(), message }))
    if (held.length > 0) this.actor.send({ type: 'jobs.adopt', held })
    const ids = resumption?.cancelling ?? []
    if (ids.length > 0) this.actor.send({ type: 'jobs.cancel', ids })
    for (const jobId of resumption?.evicting ?? []) this.actor.send({ type: 'job.evict', jobId })
  }

  /** Called while an event happens: an outcome is written down before its resources are given to others. */
  #note(event: RunEvent): void {
    this.#parts.journal.hear(event, this.#state)
    this.#notes.hear(event, this.#state)
    if (event.type === 'job.placed') this.#record.notePlaced(event)
    else if (event.type === 'job.ended') this.#noteOutcome(event.outcome)
    else if (event.type === 'time.over')
      this.#noteStop(event.by, event.ended > 0 ? event.at + this.#graceMs : null)
    this.#endTime.hear(event)
  }

  #warn(message: string): void {
    const { system, clock } = this.#parts
    system.tell({ type: 'warning', at: clock.now(), message })
  }

  #noteOutcome(outcome: Outcome): void {
    const record = this.#state.jobs.get(outcome.id)
    const isLeft = this.#parts.journal.leaves(outcome)
    this.#record.note(outcome, { isClosing: this.#closing !== null, isLeft })
    if (record?.at === 'end') this.#parts.history?.note(record.pending.job, outcome)
  }

  /** Only the first word counts on when and by whom: a second Ctrl-C says no more than that the grace begins. */
  #noteStop(by: string | undefined, killsAt: number | null): void {
    this.#stop = { at: this.#parts.clock.now(), by: by ?? null, ...this.#stop, killsAt }
    this.#endTime.forget()
  }

  /** A run that was stopped has no more ahead of it than what runs. */
  #ahead(): Ahead {
    return this.#stop === null ? 'all' : 'running'
  }

  #handles(admitted: readonly Admitted[]): JobHandle[] {
    const to = { system: this.#parts.system, outcomes: this.#record.outcomes }
    return admitted.map(one => new AddedJob(one, to))
  }

  #mustBeOpen(): void {
    if (this.#closing) throw new ClosedError('This scheduler is closed: make another one to run more jobs.')
  }

  #phase(): RunPicture['state'] {
    const phase = this.actor.getSnapshot().value
    return phase === 'drained' || phase === 'closed' ? 'ended' : phase
  }

  async #close(by: string | undefined): Promise<void> {
    const { backend, nodes, inspector, control, journal, clock } = this.#parts
    this.#noteStop(by, clock.now() + this.#graceMs)
    this.actor.send({ type: 'scheduler.close' })
    await restWithin(this.actor, this.#graceMs / 1000, clock)
    // A function that does not heed its signal would keep this waiting for ever: it is told as ended.
    await backend.giveUp()
    await rest(this.actor)
    await this.#running?.catch(() => undefined)
    await backend.close()
    nodes.stopWatching()
    this.#endTime.stop()
    this.actor.stop()
    await this.#parts.system.stopSearch()
    await Promise.all([inspector?.close(), control.close()])
    this.#record.close()
    this.#parts.history?.close()
    const isJournalWhole = journal.close()
    if (!this.#record.isWritten) {
      journal.remove()
      removeUnusedRunFolder(this.runDir)
    } else if (!isJournalWhole) this.#warn('the last outcomes could not be written into the journal')
  }
}

/** Untyped callers may hand in anything: what is no list is judged as a job. */
function isIterable<T>(specs: T | Iterable<T>): specs is Iterable<T> {
  return typeof specs === 'object' && specs !== null && Symbol.iterator in specs
}
