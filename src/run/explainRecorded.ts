import { findJob } from '../actors/journal/find.ts'
import { hasJournal } from '../actors/journal/journal.ts'
import { InvalidOptionsError, UnknownJobError } from '../errors.ts'
import type { RecordedExplanation } from '../explanation.ts'
import { nearestId } from '../schema/suggest.ts'

/**
 * What the folder of a run says of a job: how it ended, or where it stood last. Throws an `InvalidOptionsError` where
 * the folder holds no run, an `UnknownJobError`, and a `JournalError` where the journal cannot be read. `now` in ms
 * since the epoch.
 */
export function explainRecorded(runDir: string, id: string, now: number): RecordedExplanation {
  if (!hasJournal(runDir)) {
    const message = 'expected the folder of a run, but there is no journal.sqlite in it'
    throw new InvalidOptionsError([{ where: runDir, message }])
  }
  const found = findJob(runDir, id)
  if ('ids' in found) throw new UnknownJobError(id, nearestId(id, found.ids))
  const { job, outcome, attempts, open, placedAt, isRunning } = found
  const about = { id, name: job.name, group: job.group, at: now }
  if (outcome !== null) return { ...about, state: 'ended', outcome }
  const place = open && { node: open.node, placedAt: placedAt ?? now, startedAt: open.startedAt }
  return { ...about, state: 'unfinished', request: job.request, isRunning, attempts, place }
}
