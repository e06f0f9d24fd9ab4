import { hostname } from 'node:os'
import { cwd } from 'node:process'
import {
  InvalidJobsError,
  InvalidOptionsError,
  LongshoreError,
  type RunHolder,
  UnknownJobError,
} from '../errors.ts'
import type { Outcome } from '../job.ts'
import type { Counts, RunPicture } from '../progress.ts'
import type { RunJournal } from '../run/journal.ts'
import type { Scheduler } from '../scheduler.ts'
import { createJobParser, type JobSpec } from '../schema/index.ts'
import type { ControlRequest } from './protocol.ts'

/** Where a run stands, as it is told to another terminal. */
export interface RunStatus {
  readonly runDir: string
  /** `left`: no scheduler runs it at present. */
  readonly state: RunPicture['state'] | 'left'
  /** Who runs it, or ran it last. */
  readonly holder: RunHolder | null
  readonly counts: Counts
  /** Seconds that are expected to be left; `null` where that is not known. */
  readonly remainingS: number | null
  /** Expected end, milliseconds since the epoch. */
  readonly endsAt: number | null
  readonly running: readonly {
    readonly id: string
    readonly name: string
    readonly elapsedS: number
    readonly remainingS: number | null
  }[]
  /** The latest failures, newest first, at most 20; not told by runs of an earlier Longshore. */
  readonly failures?: readonly Outcome[]
}

/** What is known of the scheduler of a run beside itself. */
export interface RunFacts {
  /** When it took the run, milliseconds since the epoch. */
  readonly since: number
  readonly journal: RunJournal
}

/** Does for whoever asks from outside what was asked; returns what is to be answered. */
export function operate(
  scheduler: Scheduler,
  request: ControlRequest,
  { since, journal }: RunFacts,
): unknown {
  switch (request.op) {
    case 'status':
      return statusOf(scheduler, { pid: process.pid, host: hostname(), since })
    case 'cancel':
      return cancel(scheduler, request)
    case 'pause':
      return scheduler.pause()
    case 'continue':
      return scheduler.continue()
    case 'drain':
      // It resolves when nothing runs any more: whoever asked need not wait for that.
      return void scheduler.drain('longshore drain')
    case 'add':
      return add(scheduler, request.jobs, journal)
    case 'explain':
      return scheduler.explain(request.id)
  }
}

/** Ids of the jobs, which are checked like any that are added. Whoever is told of them may rely on them. */
function add(scheduler: Scheduler, jobs: readonly object[], journal: RunJournal): string[] {
  refuseMalformed(jobs)
  const ids = scheduler.add(jobs as JobSpec[]).map(({ id }) => id)
  if (!journal.commit())
    throw new LongshoreError('The jobs were added, but the journal of the run cannot be written.')
  return ids
}

/** What comes from outside is data: it may name neither functions nor jobs that count as checked. */
function refuseMalformed(jobs: readonly object[]): void {
  const parse = createJobParser({ folder: cwd(), from: 'data' })
  const faults = jobs.flatMap((job, index) => {
    const result = parse(job)
    return result.ok ? [] : result.faults.map(({ message }) => ({ where: `jobs[${index}]`, message }))
  })
  if (faults.length > 0) throw new InvalidJobsError(faults)
}

function statusOf(scheduler: Scheduler, holder: RunHolder): RunStatus {
  const { state, progress, running, failures } = scheduler.picture()
  const { counts, remainingS, endsAt } = progress
  const jobs = running.map(({ id, name, elapsedS, remainingS }) => ({ id, name, elapsedS, remainingS }))
  return {
    runDir: scheduler.runDir,
    state,
    holder,
    counts,
    remainingS,
    endsAt,
    running: jobs,
    failures: failures.map(plain),
  }
}

/** Values of tasks may be long, or nothing that JSON can hold. */
export function plain({ value: _, ...outcome }: Outcome): Outcome {
  return { ...outcome, value: null }
}

/** How many jobs were told to end. */
function cancel(
  scheduler: Scheduler,
  {
    ids,
    group,
    all,
  }: { ids?: readonly string[] | undefined; group?: string | undefined; all?: true | undefined },
): number {
  if ([ids, group, all].filter(given => given !== undefined).length !== 1)
    throw new InvalidOptionsError([{ where: 'cancel', message: 'expected one of ids, group and all' }])
  if (group !== undefined) return scheduler.cancelGroup(group)
  if (ids !== undefined) return cancelThese(scheduler, ids)
  return scheduler.cancelAll()
}

/** An id that no job has does not keep the others from being ended. */
function cancelThese(scheduler: Scheduler, ids: readonly string[]): number {
  const unknown: string[] = []
  let told = 0
  for (const id of ids) {
    try {
      if (scheduler.cancel(id)) told += 1
    } catch (error) {
      if (!(error instanceof UnknownJobError)) throw error
      unknown.push(error.message)
    }
  }
  if (unknown.length === 0) return told
  throw new LongshoreError([...unknown, ...(told > 0 ? [`${told} told to end.`] : [])].join('\n'))
}
