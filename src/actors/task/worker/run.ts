import { existsSync, readFileSync } from 'node:fs'
import type { Work } from '../../../executor.ts'
import type { JobFailure } from '../../../job.ts'
import { createContext, createProgressFilter } from '../../context.ts'
import { parseOutput } from '../../output.ts'
import type { Done } from '../messages.ts'

/** A task that runs in this process, and what it has come to so far. */
export interface Run {
  readonly work: Work
  readonly startedAt: number
  readonly said: { representative: boolean }
  controller: AbortController | null
  aborted: boolean
  /** `null` while it runs. */
  result: Result | null
}

export type Result =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: JobFailure; readonly spent: boolean }

/** A failure outdoes a success, the first failure the later ones; a process in doubt stays so. */
export function graver(before: Result | null, after: Result): Result {
  if (before === null || before.ok) return after
  return isFaulty(after) ? { ...before, spent: true } : before
}

/** Is the process in doubt after it? */
export function isFaulty(result: Result | null): boolean {
  return result?.ok === false && result.spent
}

export function createRun(work: Work): Run {
  return {
    work,
    startedAt: performance.now(),
    said: { representative: true },
    controller: null,
    aborted: false,
    result: null,
  }
}

/** What the task is given as its context. What it says after its end is not heard. */
export function contextOf(run: Run, log: (line: string) => void, tell: (fraction: number) => void) {
  const news = createProgressFilter(fraction => run.result === null && tell(fraction))
  return createContext(run.work, {
    signal: () => signalOf(run),
    log,
    progressed: news,
    notRepresentative: () => {
      run.said.representative = false
    },
  })
}

/** Aborts the signal, also one that is asked for later. */
export function abort(run: Run): void {
  run.aborted = true
  run.controller?.abort()
}

function signalOf(run: Run): AbortSignal {
  run.controller ??= new AbortController()
  if (run.aborted) run.controller.abort()
  return run.controller.signal
}

/** The message about its end, but for what the process has measured of itself. */
export function describeEnd({ work, said, result }: Run, durationS: number): Done {
  const output = readOutput(work.paths.output)
  const representative = said.representative && (output?.representative ?? true)
  return {
    type: 'done',
    durationS,
    ...(result?.ok === true && result.value !== undefined && { value: result.value }),
    ...(result?.ok === false && { failure: result.failure }),
    ...(!representative && { notRepresentative: true }),
    ...(output !== null && { results: output.results }),
  }
}

/** A task speaks through its context; the programs that it starts may write into the job's output file. */
function readOutput(path: string): ReturnType<typeof parseOutput> | null {
  return existsSync(path) ? parseOutput(readFileSync(path, 'utf8')) : null
}
