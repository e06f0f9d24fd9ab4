import type { Ending, JobFailure } from '../../job.ts'
import type { JobOutput } from '../output.ts'
import type { CommandEnding } from './protocol.ts'

/** How the leader of a command has ended. */
export interface LeaderExit {
  readonly exitCode: number | null
  /** Name of the signal that ended it, `null` for none. */
  readonly signal: string | null
  readonly durationS: number
}

/** The ending of a command that has run. */
export function commandEnding(exit: LeaderExit, output: JobOutput, peakRamGb: number | null): CommandEnding {
  const failure = failureOf(exit)
  const { representative, results } = output
  return { ok: failure === null, ...exit, ...(failure && { failure }), peakRamGb, representative, results }
}

/** The ending of a command that could not be started; `message` is one line for people. */
export function startFailure(message: string): CommandEnding {
  return { ...NOTHING_KNOWN, failure: { reason: 'start', message } }
}

/** The ending of a command whose launcher has died. Moments in milliseconds since the epoch. */
export function lostEnding(
  command: { readonly startedAt: number | null; readonly peakRamGb: number | null },
  why: string,
  now: number,
): Ending {
  const { startedAt, peakRamGb } = command
  const durationS = startedAt === null ? 0 : (now - startedAt) / 1000
  const failure: JobFailure = {
    reason: 'lost',
    message: `its launcher process died (${why}); what it ran was ended`,
  }
  return { ...NOTHING_KNOWN, value: undefined, durationS, peakRamGb, failure }
}

const NOTHING_KNOWN = {
  ok: false,
  exitCode: null,
  signal: null,
  durationS: 0,
  peakRamGb: null,
  representative: true,
  results: {},
} as const

function failureOf({ exitCode, signal }: LeaderExit): JobFailure | null {
  if (signal !== null) return { reason: 'signal', message: `ended by ${signal}` }
  return exitCode === 0 ? null : { reason: 'exit', message: `exit code ${exitCode}` }
}
