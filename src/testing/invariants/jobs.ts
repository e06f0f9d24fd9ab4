import type { SchedulerState } from '../../machines/scheduler/state.ts'
import type { RunEvent } from '../../progress.ts'

/** What is wrong with the jobs: each must be in exactly one place, and the counts must be those of the places. */
export function brokenJobs(state: SchedulerState): string[] {
  const at = { queue: 0, place: 0, retrying: 0, end: 0 }
  const broken: string[] = []
  for (const [id, record] of state.jobs) {
    at[record.at]++
    if ((record.at === 'place') !== state.live.has(id))
      broken.push(
        `${id} is at ${record.at}, yet it ${state.live.has(id) ? 'holds' : 'does not hold'} a place`,
      )
    if ((record.at === 'retrying') !== state.retrying.has(id))
      broken.push(
        `${id} is at ${record.at}, yet it ${state.retrying.has(id) ? 'is' : 'is not'} to be retried`,
      )
  }
  return [...broken, ...wrongCounts(state, at), ...wrongQueue(state)]
}

function wrongCounts(state: SchedulerState, at: { queue: number; place: number; end: number }): string[] {
  const { succeeded, failed, cancelled } = state.ends
  const ended = succeeded + failed + cancelled
  const broken: string[] = []
  if (at.queue !== state.queue.size) broken.push(`${at.queue} jobs wait, the queue holds ${state.queue.size}`)
  if (at.place !== state.live.size) broken.push(`${at.place} jobs hold a place, ${state.live.size} are live`)
  if (at.end !== ended) broken.push(`${at.end} jobs have ended, ${ended} were counted`)
  return broken
}

/** What stands in the queue must be what the jobs' records say. */
function wrongQueue(state: SchedulerState): string[] {
  return [...state.queue.buckets()].flatMap(bucket =>
    Array.from({ length: bucket.size }, (_, position) => bucket.at(position)).flatMap(pending => {
      const record = pending && state.jobs.get(pending.job.id)
      const same = record?.at === 'queue' && record.pending === pending
      return same ? [] : [`${pending?.job.id} stands in the queue, yet it is at ${record?.at}`]
    }),
  )
}

/** What is wrong with what was told: one outcome for each job that has ended, the one that is kept, and no other. */
export function brokenOutcomes(state: SchedulerState, events: readonly RunEvent[]): string[] {
  const told = new Map<string, number>()
  const broken: string[] = []
  for (const event of events) {
    if (event.type !== 'job.ended') continue
    const { id } = event.outcome
    const record = state.jobs.get(id)
    told.set(id, (told.get(id) ?? 0) + 1)
    if (record?.at !== 'end' || record.outcome !== event.outcome)
      broken.push(`the outcome of ${id} was told, but it is not the one that is kept`)
  }
  for (const [id, record] of state.jobs) {
    const expected = record.at === 'end' && !record.before ? 1 : 0
    const times = told.get(id) ?? 0
    if (times !== expected) broken.push(`the outcome of ${id} was told ${times} times, not ${expected}`)
  }
  return broken
}
