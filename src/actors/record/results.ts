import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome } from '../../job.ts'
import type { Holding, RunReport } from '../../progress.ts'

/** An outcome as it stands in `results.jsonl`: with what its last placement held, `null` where it had none. */
export type RecordedOutcome = Outcome & { readonly held: Holding | null }

/**
 * Writes what a run comes to into its folder: `results.jsonl`, an outcome a line, and `summary.json`. What cannot be
 * written (a full disk) does not end the run: `warn` hears of it, once; results are kept and tried again with the next.
 */
export class Results {
  readonly #runDir: string
  readonly #file: number
  readonly #warn: (message: string) => void
  #warned = false
  #lines: string[] = []
  #unwritten: Buffer = Buffer.alloc(0)
  #due: NodeJS.Immediate | null = null

  constructor(runDir: string, warn: (message: string) => void) {
    this.#runDir = runDir
    this.#warn = warn
    this.#file = openSync(join(runDir, 'results.jsonl'), 'a', 0o600)
  }

  /** Keeps an outcome, and what the job held of its node. Those of one turn of the event loop are written together. */
  add(outcome: Outcome, held: Holding | null): void {
    this.#lines.push(lineOf({ ...outcome, held }))
    this.#due ??= setImmediate(() => this.#write())
  }

  /** Writes the summary of the run so far. */
  summarize({ outcomes: _, ...report }: RunReport): void {
    this.#write()
    const text = `${JSON.stringify(report, null, 2)}\n`
    this.#attempt('summary.json', file => writeFileSync(file, text, { mode: 0o600 }))
  }

  close(): void {
    this.#write()
    closeSync(this.#file)
  }

  #write(): void {
    if (this.#due) clearImmediate(this.#due)
    this.#due = null
    if (this.#unwritten.length === 0 && this.#lines.length === 0) return
    this.#unwritten = Buffer.concat([this.#unwritten, Buffer.from(this.#lines.join(''))])
    this.#lines = []
    this.#attempt('results.jsonl', () => {
      // A full disk takes a part: only what it has taken is not written again.
      while (this.#unwritten.length > 0)
        this.#unwritten = this.#unwritten.subarray(writeSync(this.#file, this.#unwritten))
    })
  }

  #attempt(name: string, write: (file: string) => void): void {
    const file = join(this.#runDir, name)
    try {
      write(file)
    } catch (error) {
      if (!this.#warned)
        this.#warn(`cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`)
      this.#warned = true
    }
  }
}

/** An outcome as a line of `results.jsonl`. A result that JSON cannot hold (a cycle, say) is left out, and that is said. */
export function lineOf(outcome: RecordedOutcome): string {
  try {
    return `${JSON.stringify(outcome, plain)}\n`
  } catch {
    return `${JSON.stringify({ ...outcome, value: null, valueLeftOut: 'JSON cannot hold it' })}\n`
  }
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Map) return Object.fromEntries(value)
  if (value instanceof Set || ArrayBuffer.isView(value)) return Array.from(value as Iterable<unknown>)
  return value
}
