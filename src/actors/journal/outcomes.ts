import type { Job, JobFailure, Outcome } from '../../job.ts'
import { type PackedValue, packValue, unpackValue } from './values.ts'

/** An outcome in the journal, without what its job says already and without what is as it mostly is. */
interface OutcomeRow
  extends Partial<Pick<Outcome, 'exitCode' | 'signal' | 'startedAt' | 'durationS' | 'peakRamGb' | 'node'>> {
  readonly attempts?: number
  readonly value?: PackedValue
  readonly failure?: PackedValue
  readonly representative?: false
  readonly results?: Outcome['results']
}

export function packOutcome(outcome: Outcome): string {
  const { exitCode, signal, startedAt, durationS, peakRamGb, node, attempts, value, failure } = outcome
  const row: OutcomeRow = {
    ...(exitCode !== 0 && { exitCode }),
    ...(signal !== null && { signal }),
    startedAt,
    durationS,
    peakRamGb,
    node,
    ...(attempts !== 1 && { attempts }),
    ...(value !== undefined && { value: packValue(value) }),
    ...(failure && { failure: packValue(failure) }),
    ...(!outcome.representative && { representative: false }),
    ...(Object.keys(outcome.results).length > 0 && { results: outcome.results }),
  }
  return JSON.stringify(row)
}

/** The outcome that a text stands for. Throws where it is no such text. */
export function unpackOutcome(job: Job, status: Outcome['status'], text: string): Outcome {
  const row: OutcomeRow = JSON.parse(text)
  return {
    id: job.id,
    name: job.name,
    group: job.group,
    status,
    value: unpackValue(row.value),
    exitCode: row.exitCode === undefined ? 0 : row.exitCode,
    signal: row.signal ?? null,
    ...(row.failure && { failure: unpackValue(row.failure) as JobFailure }),
    startedAt: row.startedAt ?? null,
    durationS: row.durationS ?? 0,
    peakRamGb: row.peakRamGb ?? null,
    node: row.node ?? null,
    attempts: row.attempts ?? 1,
    representative: row.representative ?? true,
    results: row.results ?? NO_RESULTS,
  }
}

const NO_RESULTS: Outcome['results'] = {}
