import type { Ending } from '../../../src/job.ts'

const PLAIN: Ending = {
  ok: false,
  value: undefined,
  exitCode: null,
  signal: null,
  durationS: 0,
  peakRamGb: null,
  representative: true,
  results: {},
}

export const KILLED: Ending = {
  ...PLAIN,
  signal: 'SIGKILL',
  failure: { reason: 'signal', message: 'killed' },
}

export const ENDED_BY_TERM: Ending = {
  ...PLAIN,
  signal: 'SIGTERM',
  failure: { reason: 'signal', message: 'ended by SIGTERM' },
}

export const LOST: Ending = { ...PLAIN, failure: { reason: 'lost', message: 'its launcher died' } }

/** How attempts end by themselves. */
export const ENDINGS = {
  well: { ...PLAIN, ok: true, exitCode: 0 },
  badly: { ...PLAIN, exitCode: 1, failure: { reason: 'exit', message: 'exit code 1' } },
  outOfMemory: {
    ...PLAIN,
    exitCode: 1,
    failure: { reason: 'exit', message: 'MemoryError', ranOut: 'ram' },
  },
} as const satisfies Record<string, Ending>
