import { ClosedError, UnknownJobError } from '../errors.ts'
import type { Explanation } from '../explanation.ts'
import type { Job } from '../job.ts'
import { explain } from '../machines/explain/explain.ts'
import type { Admitted } from '../machines/scheduler/admit.ts'
import { unfinishedIds } from '../machines/scheduler/answers.ts'
import { remainingOf, runningOf, useOf } from '../machines/scheduler/picture.ts'
import type { Progress, RunPicture, RunReport } from '../progress.ts'
import { attachReports, type Reports } from '../reports/attach.ts'
import type { JobHandle, Scheduler } from '../scheduler.ts'
import type { JobSpec } from '../schema/index.ts'
import { nearestId } from '../schema/suggest.ts'
import { RunAccount } from './account.ts'
import { AddedJob } from './addedJob.ts'
import { Intake } from './intake.ts'
import { beginRun, closeRun, runToRest } from './life.ts'
import type { RunParts } from './parts.ts'
import { rest } from './rest.ts'
import type { Resumed } from './resumption.ts'

/** The scheduler of a run: calls become messages to the system's actor, answers are read from its state. */
export class LocalScheduler implements Scheduler {
  readonly #parts: RunParts
  readonly #account: RunAccount
  readonly #intake: Intake
  readonly #reports: Reports
  #running: Promise<RunReport> | null = null
  #closing: Promise<void> | null = null

  constructor(parts: RunParts) {
    this.#parts = parts
    const { clock, options } = parts
    this.#intake = new Intake({ ...parts, fixedRam: parts.nodes.fixedRam, retries: options.retries })
    this.#intake.restore({ all: options.resume === true })
    this.#account = new RunAccount(parts)
    const { stdout, stderr } = process
    this.#reports = attachReports({
      mode: options.reports ?? 'none',
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
    this.#account.forgetStop()
    if (this.#account.record.startedAt === null) beginRun(this.#parts, this.#account)
    this.actor.send({ type: 'scheduler.start' })
  }

  run(): Promise<RunReport> {
    this.start()
    this.#running = this.#runToRest()
    return this.#running
  }

  async #runToRest(): Promise<RunReport> {
    const report = await runToRest(this.#parts, this.#account)
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
    this.#account.noteStop(by, null)
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
      since: this.#account.waitingSince(pending),
      moment: record.at === 'place' ? this.#account.momentOf(record.live) : null,
    })
  }

  progress(): Progress {
    return this.#account.progress()
  }

  picture(): RunPicture {
    const state = this.#state
    const { since, stop, ahead, endTime, record } = this.#account
    const remaining = remainingOf(state, ahead)
    return {
      runDir: this.runDir,
      startedAt: since,
      now: this.#parts.clock.now(),
      state: this.#phase(),
      stop,
      progress: endTime.progress(remaining),
      nodes: [...state.nodes.values()].map(useOf),
      running: runningOf(state, remaining, live => this.#parts.nodes.ramOf(live)),
      failures: record.failures,
    }
  }

  close(by?: string): Promise<void> {
    this.#closing ??= this.#close(by)
    return this.#closing
  }

  /** Known to be closing before anything is cancelled. */
  async #close(by: string | undefined): Promise<void> {
    this.#parts.journal.closing()
    this.#account.noteClosing()
    await null
    await closeRun(this.#parts, this.#account, { by, running: this.#running })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  get #state() {
    return this.#parts.system.state()
  }

  #handles(admitted: readonly Admitted[]): JobHandle[] {
    const to = { system: this.#parts.system, outcomes: this.#account.record.outcomes }
    return admitted.map(one => new AddedJob(one, to))
  }

  #mustBeOpen(): void {
    if (this.#closing) throw new ClosedError('This scheduler is closed: make another one to run more jobs.')
  }

  #phase(): RunPicture['state'] {
    const phase = this.actor.getSnapshot().value
    return phase === 'drained' || phase === 'closed' ? 'ended' : phase
  }
}

/** Untyped callers may hand in anything: what is no list is judged as a job. */
function isIterable<T>(specs: T | Iterable<T>): specs is Iterable<T> {
  return typeof specs === 'object' && specs !== null && Symbol.iterator in specs
}
