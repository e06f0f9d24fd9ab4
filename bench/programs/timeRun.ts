import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { JobSpec, SchedulerOptions } from '../../src/index.ts'
import type { ApiTiming } from '../core/longshore.ts'
import { createScheduler } from './library.ts'

/** Adds jobs to a fresh scheduler, runs them all and prints how long that took. */
export async function timeRun(jobs: readonly JobSpec[], options: SchedulerOptions): Promise<void> {
  await using scheduler = await createScheduler({
    ...options,
    journal: JOURNAL,
    runDir: RUN_DIR,
  })
  let placedAt = Number.NaN
  scheduler.events$.subscribe(({ type }) => {
    if (type === 'job.placed' && Number.isNaN(placedAt)) placedAt = performance.now()
  })
  const start = performance.now()
  scheduler.add(jobs)
  const { counts } = await scheduler.run()
  const end = performance.now()
  if (counts.succeeded !== jobs.length) throw new Error(`Not all have succeeded: ${JSON.stringify(counts)}`)
  await scheduler.close()
  const timing: ApiTiming = {
    totalS: (end - start) / 1000,
    placedToEndS: (end - placedAt) / 1000,
    journalBytes: JOURNAL ? statSync(join(RUN_DIR, 'journal.sqlite')).size / jobs.length : 0,
  }
  console.log(JSON.stringify(timing))
}

const RUN_DIR = process.argv[2] ?? ''

/** False where the bench wants to know what the journal costs. */
const JOURNAL = process.argv[4] !== 'no-journal'

/** The count that the bench has asked for. */
export const COUNT = Number(process.argv[3])
