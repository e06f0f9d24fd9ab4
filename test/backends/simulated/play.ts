import type { Work } from '../../../src/executor.ts'
import type { Play, Script } from '../../../src/testing/index.ts'

const failed = (reason: 'exit' | 'signal' | 'start' | 'error', message: string) =>
  ({ ok: false, failure: { reason, message } }) as const

/** How the jobs of the suite go, where that is not at once and well. */
const SCRIPTS: Readonly<Record<string, Partial<Script>>> = {
  exit: { ending: { ...failed('exit', 'exit code 7'), exitCode: 7 } },
  signal: { ending: { ...failed('signal', 'ended by SIGUSR1'), exitCode: null, signal: 'SIGUSR1' } },
  missing: { ending: failed('start', 'no-such-program is not there'), failsToStart: true },
  reports: { ending: { results: { loss: '0.5' }, representative: false } },
  slow: { durationS: 60 },
  stubborn: { durationS: 60, endsOnTerm: false },
  cancelled: { durationS: 60 },
  throws: { ending: failed('error', 'it went wrong') },
  'slow-task': { durationS: 60 },
}

/** By the id of its job, and by the file that it waits for. */
export const play: Play = work => {
  const { job, placement } = work
  const durationS = awaitedBy(work) === null ? 0.02 : Number.POSITIVE_INFINITY
  if (job.id === 'flaky') {
    const ending = { results: { attempt: `${placement.attempt}` } }
    return { durationS, ending: placement.attempt === 1 ? { ...failed('exit', 'first'), ...ending } : ending }
  }
  return { durationS, ...SCRIPTS[job.id] }
}

/** The file that a command of `until`, or the task that waits, is to see before it ends; `null` for all others. */
export function awaitedBy({ job: { run } }: Work): string | null {
  if (run.kind === 'task') return typeof run.args === 'string' ? run.args : null
  return /\[ ! -e (\S+) \]/.exec(textOf(run))?.[1] ?? null
}

/** Where a command of `logged` writes, and what it calls itself. */
export function logOf({ job: { run } }: Work): { readonly path: string; readonly id: string } | null {
  const [, id, path] = /^echo start (\S+) >> (\S+);/.exec(textOf(run)) ?? []
  return id === undefined || path === undefined ? null : { id, path }
}

function textOf(run: Work['job']['run']): string {
  return run.kind === 'command' ? [run.command].flat().join(' ') : ''
}
