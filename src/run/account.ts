import type { PlacementMoment } from '../explanation.ts'
import type { Outcome } from '../job.ts'
import { RunNotes } from '../machines/explain/notes.ts'
import type { PendingJob } from '../machines/placement/queue.ts'
import type { LiveJob } from '../machines/scheduler/liveJob.ts'
import { type Ahead, remainingOf } from '../machines/scheduler/picture.ts'
import type { SchedulerState } from '../machines/scheduler/state.ts'
import type { Progress, RunEvent, Stop } from '../progress.ts'
import { RunEndTime } from './endTime.ts'
import type { RunParts } from './parts.ts'
import { RunRecord } from './record.ts'

/**
 * What is kept of a run while it goes, beside the scheduler's own state: each event passes here once, and is handed to
 * the journal, the record, the history, the notes for explanations and the end time.
 */
export class RunAccount {
  readonly record: RunRecord
  readonly endTime: RunEndTime
  readonly #parts: RunParts
  readonly #notes = new RunNotes()
  #stop: Stop | null = null
  #isClosing = false

  constructor(parts: RunParts) {
    this.#parts = parts
    const { system, clock, runDir } = parts
    const warn = (message: string): void => system.tell({ type: 'warning', at: clock.now(), message })
    this.record = new RunRecord({ runDir, warn })
    this.endTime = new RunEndTime({
      clock,
      state: () => system.state(),
      ahead: () => this.ahead,
      startedAt: () => this.record.startedAt,
    })
    system.events$.subscribe(event => this.#hear(event))
  }

  /** Who has stopped the run, and when; `null` while nobody has. */
  get stop(): Stop | null {
    return this.#stop
  }

  /** A run that was stopped has no more ahead of it than what runs. */
  get ahead(): Ahead {
    return this.#stop === null ? 'all' : 'running'
  }

  /** When the run began, ms since the epoch: now, before it has. */
  get since(): number {
    return this.record.startedAt ?? this.#parts.clock.now()
  }

  progress(): Progress {
    return this.endTime.progress(remainingOf(this.#state, this.ahead))
  }

  /** Since when a job waits as it does now. */
  waitingSince(pending: PendingJob): number {
    return this.#notes.sinceOf(pending, this.#parts.clock.now())
  }

  /** What was so when a job was placed. */
  momentOf(live: LiveJob): PlacementMoment | null {
    return this.#notes.momentOf(live)
  }

  /** Only the first word counts on when and by whom: a second Ctrl-C says no more than that the grace begins. */
  noteStop(by: string | undefined, killsAt: number | null): void {
    this.#stop = { at: this.#parts.clock.now(), by: by ?? null, ...this.#stop, killsAt }
    this.endTime.forget()
  }

  /** The run goes on. */
  forgetStop(): void {
    this.#stop = null
  }

  /** What ends from now on ends because the run is closed. */
  noteClosing(): void {
    this.#isClosing = true
  }

  get #state(): SchedulerState {
    return this.#parts.system.state()
  }

  /** Called while an event happens: an outcome is written down before its resources are given to others. */
  #hear(event: RunEvent): void {
    this.#parts.journal.hear(event, this.#state)
    this.#notes.hear(event, this.#state)
    if (event.type === 'job.placed') this.record.notePlaced(event)
    else if (event.type === 'job.ended') this.#noteOutcome(event.outcome)
    else if (event.type === 'time.over')
      this.noteStop(event.by, event.ended > 0 ? event.at + graceMs(this.#parts) : null)
    this.endTime.hear(event)
  }

  #noteOutcome(outcome: Outcome): void {
    const record = this.#state.jobs.get(outcome.id)
    const isLeft = this.#parts.journal.leaves(outcome)
    this.record.note(outcome, { isClosing: this.#isClosing, isLeft })
    if (record?.at === 'end') this.#parts.history?.note(record.pending.job, outcome)
  }
}

/** Between TERM and KILL. */
export function graceMs({ options }: RunParts): number {
  return (options.graceS ?? 10) * 1000
}
