import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { createScheduler, inline, type SchedulerOptions } from '../src/index.ts'
import { makeTemporaryFolder } from './support/temporaryFolder.ts'

const folders: string[] = []

async function scheduler(options: SchedulerOptions = {}) {
  const folder = await makeTemporaryFolder()
  folders.push(folder)
  return createScheduler({
    capacity: { threads: 4 },
    runDir: join(folder, 'run'),
    history: false,
    ...options,
  })
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

/** Sixty jobs that are said to take an hour: the first four end when the search has begun. */
function jobs(begun: Promise<unknown>) {
  return Array.from({ length: 60 }, (_, i) => ({
    ...{ id: `j${i}`, group: `g${i % 3}`, timeS: 3600 + i },
    run: inline(async () => void (i >= 56 && (await begun))),
  }))
}

describe('the search beside a real run', () => {
  it('runs in a thread, while jobs start and end, and leaves none behind', async () => {
    const begun = once(process, 'worker') as Promise<[Worker]>
    const running = await scheduler()
    running.add(jobs(begun))
    const { counts } = await running.run()
    expect(counts).toMatchObject({ total: 60, succeeded: 60 })
    const [thread] = await begun
    await running.close()
    expect(thread.threadId).toBe(-1)
  })

  it('is made for the portfolio alone', async () => {
    const started: Worker[] = []
    const note = (worker: Worker) => void started.push(worker)
    process.on('worker', note)
    await using running = await scheduler({ policy: 'balanced-reserve' })
    running.add(jobs(Promise.resolve()))
    await running.run()
    process.off('worker', note)
    expect(started).toEqual([])
  })
})
