import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { type Fault, InvalidOptionsError } from '../../errors.ts'
import type { Outcome } from '../../job.ts'
import type { RunReport } from '../../progress.ts'
import type { RecordedOutcome } from './results.ts'

/** The record of a run, as it stands in its folder. */
export interface RecordedRun {
  /** Absolute path. */
  readonly runDir: string
  /** In the order in which the jobs ended; of a job that was run again, after a resume, the last. */
  readonly outcomes: readonly RecordedOutcome[]
  /** `summary.json`; `null` where the run has not come to its end. */
  readonly summary: Omit<RunReport, 'outcomes'> | null
}

/** Whether a path is that of a folder, which no job file is. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** Reads the record of a run. Throws an `InvalidOptionsError` where the folder holds none, or a faulty one. */
export async function readRun(path: string): Promise<RecordedRun> {
  const runDir = resolve(path)
  const file = join(runDir, 'results.jsonl')
  if (!existsSync(file))
    throw new InvalidOptionsError([
      { where: path, message: `expected the folder of a run, which holds results.jsonl; this one does not` },
    ])
  return { runDir, outcomes: await readOutcomes(file), summary: readSummary(join(runDir, 'summary.json')) }
}

/** The outcomes in `results.jsonl` by the ids of jobs, whatever else stands there. */
export function outcomesIn(runDir: string): ReadonlyMap<string, Outcome> {
  const file = join(runDir, 'results.jsonl')
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  const outcomes = lines.flatMap(line => parse(line) ?? [])
  return new Map(outcomes.map(({ held: _, ...outcome }) => [outcome.id, outcome]))
}

async function readOutcomes(file: string): Promise<RecordedOutcome[]> {
  const outcomes = new Map<string, RecordedOutcome>()
  const faults: Fault[] = []
  let number = 0
  for await (const line of createInterface({ input: createReadStream(file) })) {
    number += 1
    if (line === '') continue
    const outcome = parse(line)
    if (outcome) outcomes.set(outcome.id, outcome)
    else
      faults.push({ where: `${file}:${number}`, message: 'expected an outcome as `longshore run` writes it' })
  }
  if (faults.length > 0) throw new InvalidOptionsError(faults)
  return [...outcomes.values()]
}

/** `null` for what is no outcome, or one without what its job held. */
function parse(line: string): RecordedOutcome | null {
  try {
    const outcome = JSON.parse(line)
    const isOutcome = typeof outcome?.id === 'string' && 'held' in outcome && 'startedAt' in outcome
    return isOutcome ? outcome : null
  } catch {
    return null
  }
}

function readSummary(file: string): RecordedRun['summary'] {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
