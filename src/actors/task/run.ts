import type { ExecutorReport, Work } from '../../executor.ts'
import type { Ending, JobFailure } from '../../job.ts'
import { withEvidence } from '../../probe/outOfMemory/ranOut.ts'
import { type Death, explainDeath } from './death.ts'
import type { Done } from './messages.ts'

/** A task that was handed to a worker. */
export interface Run {
  readonly work: Work
  readonly tell: (report: ExecutorReport) => void
  /** Milliseconds on the monotonic clock; `null` until its worker is up. */
  startedAt: number | null
  aborted: boolean
  /** Resident memory in GiB of the worker and what it has started; `null` before the first sample. */
  ramGb: number | null
  peakRamGb: number | null
}

export function createRun(work: Work, tell: Run['tell']): Run {
  return { work, tell, startedAt: null, aborted: false, ramGb: null, peakRamGb: null }
}

/** Tells the end of a run. */
export function tellExited({ work, tell }: Run, ending: Ending): void {
  tell({ type: 'job.exited', placementId: work.placement.id, ending })
}

/** The ending of a task as its worker tells it. */
export function endingOfDone(run: Run, done: Done): Ending {
  return {
    ok: done.failure === undefined,
    value: done.value,
    exitCode: null,
    signal: null,
    ...(done.failure !== undefined && { failure: ofThrown(done.failure) }),
    durationS: done.durationS,
    peakRamGb: highest(done.peakRamGb ?? null, run.peakRamGb),
    representative: done.notRepresentative !== true,
    results: done.results ?? {},
  }
}

/** What a task threw may say that memory has run out. */
function ofThrown(failure: JobFailure): JobFailure {
  const { name, message, reason } = failure
  if (reason !== 'error') return failure
  return withEvidence(failure, { exitCode: null, signal: null, said: `${name}: ${message}`, oomKills: null })
}

/** The ending of a task whose worker has ended instead. */
export function endingOfDeath(run: Run, death: Death): Ending {
  return {
    ...endingOfFailure(explainDeath(death)),
    exitCode: death.kind === 'ended' ? death.exitCode : null,
    signal: death.kind === 'ended' ? death.signal : null,
    durationS: run.startedAt === null ? 0 : (performance.now() - run.startedAt) / 1000,
    peakRamGb: run.peakRamGb,
  }
}

/** The ending of a task that never ran. */
export function endingOfFailure(failure: JobFailure): Ending {
  return {
    ok: false,
    value: undefined,
    exitCode: null,
    signal: null,
    failure,
    durationS: 0,
    peakRamGb: null,
    representative: true,
    results: {},
  }
}

export function highest(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b)
}
