import {
  hasJournal,
  type Journal,
  type JournalOptions,
  journalPath,
  openJournal,
} from '../actors/journal/journal.ts'
import { type JournaledJob, type JournaledRun, readRun, rowsOf } from '../actors/journal/read.ts'
import { salvage } from '../actors/journal/salvage.ts'
import { isDamage, troubleOf } from '../actors/journal/trouble.ts'
import { findRunFolder, makeRunFolder } from '../actors/record/folder.ts'
import { outcomesIn } from '../actors/record/read.ts'
import type { Clock } from '../clock.ts'
import { InvalidOptionsError, JournalError } from '../errors.ts'
import type { Outcome } from '../job.ts'
import type { SchedulerOptions } from '../options.ts'

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
  const parts = { runDir, clock, durability }
  try {
    return open(parts, options, isOld)
  } catch (error) {
    if (!isDamage(error instanceof JournalError ? error.cause : error)) throw error
    return recover(parts, options, error)
  }
}

function open(parts: JournalOptions, options: SchedulerOptions, isOld: boolean): OpenRun {
  const journal = openJournal(parts)
  try {
    return { runDir: parts.runDir, journal, before: isOld ? before(journal, options) : null }
  } catch (error) {
    journal.close()
    throw error
  }
}

/** What can still be read of a damaged journal; only for whoever asks for it, since something of the run is lost. */
function recover(parts: JournalOptions, options: SchedulerOptions, cause: unknown): OpenRun {
  const path = journalPath(parts.runDir)
  if (!options.resume) {
    const advice = `longshore resume ${parts.runDir} recovers what can be read`
    throw new JournalError(
      path,
      `${troubleOf(cause instanceof JournalError ? cause.cause : cause, path)}: ${advice}`,
      { cause },
    )
  }
  const { damaged, lost } = salvage(parts)
  const { before: found, journal, runDir } = open(parts, options, true)
  const unreadable = [...lost, ...(found?.unreadable ?? []), `the damaged journal is kept as ${damaged}`]
  const recorded = outcomesIn(runDir)
  const jobs = (found?.jobs ?? []).map(one => withOutcome(one, recorded.get(one.job.id), options))
  const before = found?.jobs ?? []
  journal?.ended(jobs.flatMap(({ outcome }, i) => (outcome && !before[i]?.outcome ? [outcome] : [])))
  return { runDir, journal, before: { jobs, unreadable } }
}

/** What was told of a job, and its journal has lost. */
function withOutcome(
  one: JournaledJob,
  outcome: Outcome | undefined,
  { retryFailed = false, rerun = [] }: SchedulerOptions,
): JournaledJob {
  const isAsked = rerun.includes(one.job.id) || (retryFailed && outcome?.status === 'failed')
  if (one.outcome || !outcome || isAsked) return one
  return { ...one, outcome, open: null, again: null }
}

function before(journal: Journal, options: SchedulerOptions): JournaledRun {
  const { jobs, unreadable } = readRun(rowsOf(journal.database))
  const isAsked = askedFor(options, jobs)
  const reopen = (one: JournaledJob): JournaledJob => {
    if (!isAsked(one)) return one
    journal.reopened(one.job.id)
    return { ...one, outcome: null }
  }
  const isLost = jobs.length === 0 && outcomesIn(journal.runDir).size > 0
  return {
    jobs: options.retryFailed || options.rerun ? jobs.map(reopen) : jobs,
    unreadable: isLost ? [...unreadable, 'any job: it is empty, and results.jsonl is not'] : unreadable,
  }
}

/** Which jobs that have ended are to be run again. Throws an `InvalidOptionsError` for one that the run does not have. */
function askedFor(
  { retryFailed = false, rerun = [] }: SchedulerOptions,
  jobs: readonly JournaledJob[],
): (one: JournaledJob) => boolean {
  const ids = new Set(rerun)
  const known = new Set(rerun.length > 0 ? jobs.map(({ job }) => job.id) : [])
  const faults = rerun.filter(id => !known.has(id)).map(id => `no job "${id}" in this run`)
  if (faults.length > 0) throw new InvalidOptionsError(faults.map(message => ({ where: 'rerun', message })))
  return ({ job, outcome }) =>
    outcome !== null && (ids.has(job.id) || (retryFailed && outcome.status === 'failed'))
}
