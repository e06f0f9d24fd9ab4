import { Outcomes } from '../actors/record/outcomes.ts'
import { Results } from '../actors/record/results.ts'
import type { Outcome } from '../job.ts'
import type { Holding, RunReport } from '../progress.ts'

/** What a record needs of the run that it is kept of. */
export interface RunRecordParts {
  readonly runDir: string
  readonly warn: (message: string) => void
}

/** What is kept of a run beside the scheduler's own state: in its folder, and for whoever waits or draws. */
export class RunRecord {
  readonly outcomes = new Outcomes()
  readonly #parts: RunRecordParts
  readonly #failures: Outcome[] = []
  #results: Results | null = null
  /** What live jobs hold, by id. */
  readonly #held = new Map<string, Holding>()
  #startedAt: number | null = null

  constructor(parts: RunRecordParts) {
    this.#parts = parts
  }

  /** When the run began, ms since the epoch; `null` before it has. */
  get startedAt(): number | null {
    return this.#startedAt
  }

  /** The latest failures, newest first, at most 20. */
  get failures(): readonly Outcome[] {
    return this.#failures
  }

  /** Whether anything has been written into the folder of the run. */
  get isWritten(): boolean {
    return this.#results !== null
  }

  /** The run begins: from here on its time counts. */
  begin(at: number): void {
    this.#startedAt = at
    this.#open()
  }

  /** A job was placed: what it holds is written down with its outcome. */
  notePlaced(placed: Holding & { readonly id: string }): void {
    const { threads, ramGb, cores, gpus, gpuShare, gpuRamGb, resources } = placed
    this.#held.set(placed.id, { threads, ramGb, cores, gpus, gpuShare, gpuRamGb, resources })
  }

  /**
   * Takes an outcome: it is written down, and whoever waits for it hears of it. One that is left for a resume is no end, so
   * it is not written: the results say what the journal says.
   */
  note(
    outcome: Outcome,
    { isClosing, isLeft }: { readonly isClosing: boolean; readonly isLeft: boolean },
  ): void {
    // Jobs of a run that was never started have no folder to be written into.
    if (this.#startedAt !== null || !isClosing) this.#open()
    if (!isLeft) this.#results?.add(outcome, this.#held.get(outcome.id) ?? null)
    this.#held.delete(outcome.id)
    this.outcomes.settle(outcome)
    if (outcome.status === 'failed') this.#noteFailure(outcome)
  }

  summarize(report: RunReport): void {
    this.#results?.summarize(report)
  }

  close(): void {
    this.#results?.close()
  }

  #noteFailure(outcome: Outcome): void {
    this.#failures.unshift(outcome)
    this.#failures.splice(MOST_FAILURES)
  }

  #open(): void {
    const { runDir, warn } = this.#parts
    this.#results ??= new Results(runDir, warn)
  }
}

const MOST_FAILURES = 20
