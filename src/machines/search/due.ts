import { filter, map, type Observable } from 'rxjs'
import type { RunEvent } from '../../progress.ts'

/** So many searches are made from the last addition of jobs to the end of the run. */
export const SEARCHES = 16

/**
 * Says when the rest of a run has changed so much that another rule may be better: when jobs were added or placing
 * begins, and each time another sixteenth of the jobs that were there then has ended. `unfinished`: how many have not.
 */
export function dueOf(
  events$: Observable<RunEvent>,
  unfinished: () => number,
): Observable<{ readonly type: 'search.due' }> {
  let each = 1
  let ended = 0
  const begin = (): true => {
    each = Math.max(1, Math.ceil(unfinished() / SEARCHES))
    ended = 0
    return true
  }
  const isDue = (event: RunEvent): boolean => {
    if (event.type === 'jobs.added') return begin()
    if (event.type === 'state.changed') return event.state === 'running' && begin()
    if (event.type !== 'job.ended' || ++ended < each) return false
    ended = 0
    return true
  }
  return events$.pipe(
    filter(isDue),
    map(() => ({ type: 'search.due' as const })),
  )
}
