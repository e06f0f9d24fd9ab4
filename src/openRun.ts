import { hasJournal, type Journal, openJournal } from './actors/journal/journal.ts'
import { type JournaledJob, type JournaledRun, readRun, rowsOf } from './actors/journal/read.ts'
import { findRunFolder, makeRunFolder } from './actors/record/folder.ts'
import type { Clock } from './clock.ts'
import type { SchedulerOptions } from './options.ts'

/** The folder of a run, and what is kept there. */
export interface OpenRun {
  readonly runDir: string
  /** `null` for a run that cannot be resumed. */
  readonly journal: Journal | null
  /** What an earlier scheduler has left; `null` for a new run. */
  readonly before: JournaledRun | null
}

/**
 * Makes the folder of a new run, or opens that of an earlier one. Throws an `InvalidOptionsError` where it cannot be
 * made or found, a `RunHeldError` where another process has it, a `JournalError` where its journal cannot be used.
 */
export function openRun(options: SchedulerOptions, clock: Clock): OpenRun {
  const { durability = 'default', journal: isKept = true, resume = false } = options
  const runDir = resume ? findRunFolder(options.runDir) : makeRunFolder(options.runDir, clock.now())
  if (!isKept) return { runDir, journal: null, before: null }
  const isOld = hasJournal(runDir)
  const journal = openJournal({ runDir, now: clock.now, durability })
  return { runDir, journal, before: isOld ? before(journal, options) : null }
}

function before(journal: Journal, { retryFailed = false }: SchedulerOptions): JournaledRun {
  const { jobs, unreadable } = readRun(rowsOf(journal.database))
  const reopen = (one: JournaledJob): JournaledJob => {
    if (one.outcome?.status !== 'failed') return one
    journal.reopened(one.job.id)
    return { ...one, outcome: null }
  }
  return { jobs: retryFailed ? jobs.map(reopen) : jobs, unreadable }
}
