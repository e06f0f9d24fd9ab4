import { dirname, join, resolve } from 'node:path'
import { RUNS } from '../actors/record/folder.ts'
import type { SchedulerOptions } from '../options.ts'

/**
 * The file in which a run finds what earlier ones have taught, absolute; `null` for none. It stands beside the runs of
 * the working folder; a run whose folder is elsewhere has none unless it is asked for.
 */
export function historyPathOf({
  history,
  runDir,
}: Pick<SchedulerOptions, 'history' | 'runDir'>): string | null {
  if (history === false) return null
  if (typeof history === 'string') return resolve(history)
  const runs = resolve(RUNS)
  const isBeside = runDir === undefined || dirname(resolve(runDir)) === runs
  return history === true || isBeside ? join(runs, 'history.sqlite') : null
}
