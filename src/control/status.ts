import { existsSync } from 'node:fs'
import { holderOf, journalPath } from '../actors/journal/journal.ts'
import { type JournaledJob, readRun, rowsOf } from '../actors/journal/read.ts'
import { refuseNewer } from '../actors/journal/schema.ts'
import { isDamage, troubleOf } from '../actors/journal/trouble.ts'
import { openToRead } from '../actors/sqlite.ts'
import { JournalError } from '../errors.ts'
import type { Outcome } from '../job.ts'
import { ask, NobodyThereError } from './client.ts'
import { plain, type RunStatus } from './operations.ts'

/** Where a run stands: as its scheduler says, else as its journal does. Rejects with a `LongshoreError` where neither can. */
export async function runStatus(runDir: string): Promise<RunStatus> {
  try {
    return (await ask(runDir, { op: 'status' })) as RunStatus
  } catch (error) {
    if (!(error instanceof NobodyThereError)) throw error
    return statusOfJournal(runDir)
  }
}

function statusOfJournal(runDir: string): RunStatus {
  const jobs = jobsOf(runDir)
  const ended = (status: string) => jobs.filter(({ outcome }) => outcome?.status === status).length
  const open = jobs.filter(one => one.outcome === null && one.open !== null)
  const counts = {
    total: jobs.length,
    pending: jobs.filter(one => one.outcome === null && one.open === null).length,
    running: open.length,
    retrying: 0,
    succeeded: ended('succeeded'),
    failed: ended('failed'),
    cancelled: ended('cancelled'),
  }
  return {
    runDir,
    state: 'left',
    holder: holderOf(runDir),
    counts,
    remainingS: null,
    endsAt: null,
    running: [],
    failures: latestFailures(jobs),
  }
}

const MOST_FAILURES = 20

function latestFailures(jobs: readonly JournaledJob[]): Outcome[] {
  const failed = jobs.flatMap(({ outcome }) => (outcome?.status === 'failed' ? [outcome] : []))
  const endOf = ({ startedAt, durationS }: Outcome): number => (startedAt ?? 0) + durationS * 1000
  return failed
    .sort((a, b) => endOf(b) - endOf(a))
    .slice(0, MOST_FAILURES)
    .map(plain)
}

/** The jobs of a run as its journal has them now, whoever writes it. */
export function jobsOf(runDir: string): readonly JournaledJob[] {
  const path = journalPath(runDir)
  if (!existsSync(path)) throw new JournalError(path, `${runDir} holds no run with a journal`)
  try {
    const db = openToRead(path)
    try {
      refuseNewer(db, path)
      return readRun(rowsOf(db)).jobs
    } finally {
      db.close()
    }
  } catch (error) {
    if (error instanceof JournalError) throw error
    const advice = isDamage(error) ? `: longshore resume ${runDir} recovers what can be read` : ''
    throw new JournalError(path, `${troubleOf(error, path)}${advice}`, { cause: error })
  }
}
