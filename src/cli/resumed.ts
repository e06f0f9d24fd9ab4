import type { Scheduler } from '../scheduler.ts'

const MOST_NAMED = 10

/** How a run was found that is gone on with, a line each; none for a new run. */
export function* resumedLines({ resumed, runDir }: Pick<Scheduler, 'resumed' | 'runDir'>): Generator<string> {
  if (resumed === null) return
  const { succeeded, failed, cancelled, running, collected, lost, waiting } = resumed
  const parts = [
    [succeeded, 'succeeded before'],
    [failed, 'failed before'],
    [cancelled, 'cancelled before'],
    [running, 'still running'],
    [collected, 'ended meanwhile'],
    [waiting, lost > 0 ? `to run, ${lost} of them again since nobody knows what became of them` : 'to run'],
  ] as const
  const found = parts.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []))
  yield `Going on with ${runDir}: ${found.join(', ') || 'nothing is left'}.`
  if (failed > 0)
    yield `What has failed is not run again; longshore resume --retry-failed ${runDir} does that.`
  yield* named(
    resumed.changed,
    'have succeeded as they were before the jobs were changed, and are not run again (--rerun IDS does that)',
  )
  yield* named(resumed.refused, 'cannot be run')
  yield* lostLines(resumed.unreadable, runDir)
  if (resumed.leftAlone > 0 && resumed.refused.length === 0)
    yield `${resumed.leftAlone} that wait are not among these jobs, and are left alone: longshore resume ${runDir} runs them.`
}

function* lostLines(unreadable: readonly string[], runDir: string): Generator<string> {
  if (unreadable.length === 0) return
  yield 'The journal is damaged. Of it cannot be read:'
  yield* few(unreadable)
  yield `Jobs that are lost come back with their job file: longshore run --run-dir ${runDir} FILE`
}

function* named(what: readonly string[], are: string): Generator<string> {
  if (what.length === 0) return
  yield `${what.length} ${are}:`
  yield* few(what)
}

function* few(what: readonly string[]): Generator<string> {
  for (const line of what.slice(0, MOST_NAMED)) yield `  ${line}`
  if (what.length > MOST_NAMED) yield `  … and ${what.length - MOST_NAMED} more`
}
