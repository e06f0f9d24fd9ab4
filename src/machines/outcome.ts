import type { Settlement } from '../events.ts'
import type { Ending, Job, JobFailure, Outcome, OutcomeStatus } from '../job.ts'
import type { JobState } from './jobState.ts'
import { retryDelay } from './retryDelay.ts'

/** The end of a job that has been tried: from how its last attempt ended, and what became of it. */
export function outcomeOf(state: JobState, ending: Ending, status: OutcomeStatus): Outcome {
  const { job, attempts, startedAt, work, timedOut } = state
  const failure = status === 'failed' ? failureOf(job, ending, timedOut) : undefined
  return {
    id: job.id,
    name: job.name,
    group: job.group,
    status,
    value: ending.value,
    exitCode: ending.exitCode,
    signal: ending.signal,
    ...(failure && { failure }),
    startedAt,
    durationS: ending.durationS,
    peakRamGb: ending.peakRamGb,
    node: work?.placement.node ?? null,
    attempts,
    representative: ending.representative,
    results: ending.results,
  }
}

/** The end of a job that was cancelled before it was ever, or again, started. */
export function cancelledOutcome(job: Job, attempts: number): Outcome {
  return {
    id: job.id,
    name: job.name,
    group: job.group,
    status: 'cancelled',
    value: undefined,
    exitCode: null,
    signal: null,
    startedAt: null,
    durationS: 0,
    peakRamGb: null,
    node: null,
    attempts,
    representative: false,
    results: {},
  }
}

/** What was found of an attempt that succeeded while there was no scheduler. */
export interface FoundEnding {
  readonly ending: Omit<Ending, 'value'>
  readonly startedAt: number | null
  /** This one counted. */
  readonly attempts: number
  readonly node: string
}

/** The end of a job that has succeeded while there was no scheduler. */
export function foundOutcome(job: Job, { ending, ...found }: FoundEnding): Outcome {
  const { exitCode, signal, durationS, peakRamGb, representative, results } = ending
  return {
    ...cancelledOutcome(job, found.attempts),
    ...{ exitCode, signal, durationS, peakRamGb, representative, results },
    status: 'succeeded',
    startedAt: found.startedAt,
    node: found.node,
  }
}

/** Why an attempt failed. A time limit explains the signal that ended the job, so it goes first. */
export function failureOf(job: Job, ending: Ending, timedOut: boolean): JobFailure {
  if (timedOut) return { reason: 'timeout', message: `ran longer than its time limit of ${job.timeoutS} s` }
  return ending.failure ?? { reason: 'error', message: 'failed without a reason' }
}

/** How an attempt has ended: one that was ended for its RAM says so, whatever signal it came to its end by. */
export function endingOf({ overRamGb, work }: JobState, ending: Ending): Ending {
  if (overRamGb === null) return ending
  const message = `ended: it held ${inGib(overRamGb)} of RAM, ${inGib(work?.placement.ramGb ?? 0)} were reserved`
  return { ...ending, ok: false, failure: { reason: 'signal', ranOut: 'ram', message } }
}

function inGib(gib: number): string {
  return `${Number(gib.toPrecision(2))} GiB`
}

/** Whether an attempt ran out of a memory of which the next one could be given more. */
export function canGrow({ mayGrow }: JobState, { failure }: Ending): boolean {
  return failure?.ranOut !== undefined && mayGrow[failure.ranOut]
}

/**
 * When a failed attempt is tried again, ms since the epoch: its end plus a delay (`retryDelay`); at once where it gets more memory, since to wait would change nothing. From data alone, so that the machine needs no clock.
 */
export function retryTime(state: JobState, ending: Ending): number {
  const began = state.startedAt ?? state.placedAt ?? 0
  const delayS = canGrow(state, ending) ? 0 : retryDelay(state.job.id, state.attempts, state.retryDelayS)
  return began + (ending.durationS + delayS) * 1000
}

/** What an attempt can be settled as. */
export type Settled = OutcomeStatus | 'retrying' | 'pending'

/** What the scheduler is told of an attempt that is over. */
export function settlementOf(state: JobState, as: Settled): Settlement {
  const { job, ending } = state
  if (as === 'pending') return { to: 'pending' }
  if (!ending) return { to: 'ended', outcome: cancelledOutcome(job, state.attempts), ending }
  if (as === 'retrying')
    return {
      to: 'retrying',
      failure: failureOf(job, ending, state.timedOut),
      retryAt: state.retryAt ?? 0,
      peakRamGb: ending.peakRamGb,
      growsBy: !state.timedOut && canGrow(state, ending) ? (ending.failure?.ranOut ?? null) : null,
    }
  return { to: 'ended', outcome: outcomeOf(state, ending, as), ending }
}
