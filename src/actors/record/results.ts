import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome } from '../../job.ts'
import type { RunReport } from '../../progress.ts'

/** Writes what a run comes to into its folder: `results.jsonl`, an outcome a line, and `summary.json`. */
export class Results {
  readonly #runDir: string
  readonly #file: number
  #lines: string[] = []
  #due: NodeJS.Immediate | null = null

  constructor(runDir: string) {
    this.#runDir = runDir
    this.#file = openSync(join(runDir, 'results.jsonl'), 'a', 0o600)
  }

  /** Keeps an outcome. Those of one turn of the event loop are written together. */
  add(outcome: Outcome): void {
    this.#lines.push(lineOf(outcome))
    this.#due ??= setImmediate(() => this.#write())
  }

  /** Writes the summary of the run so far. */
  summarize({ outcomes: _, ...report }: RunReport): void {
    this.#write()
    writeFileSync(join(this.#runDir, 'summary.json'), `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 })
  }

  close(): void {
    this.#write()
    closeSync(this.#file)
  }

  #write(): void {
    if (this.#due) clearImmediate(this.#due)
    this.#due = null
    if (this.#lines.length === 0) return
    const text = this.#lines.join('')
    this.#lines = []
    writeSync(this.#file, text)
  }
}

/** A result that JSON cannot hold (a cycle, say) is left out, and that is said. */
function lineOf(outcome: Outcome): string {
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
