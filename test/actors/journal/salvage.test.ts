import { closeSync, openSync, readdirSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { journalPath } from '../../../src/actors/journal/journal.ts'
import { createScheduler, type Scheduler, type SchedulerOptions } from '../../../src/index.ts'
import { open, runFolder } from './harness.ts'
import { aJob, anOutcome, aPlacement } from './notes.ts'

const JOBS = 2000

/** A run with a thousand jobs that have succeeded, and a thousand that wait. */
function aRun(): string {
  const runDir = runFolder()
  const journal = open(runDir)
  const jobs = Array.from({ length: JOBS }, (_, i) => aJob(`job${i}`))
  journal.added(jobs)
  for (const job of jobs.slice(0, JOBS / 2)) {
    journal.placed(aPlacement(job.id))
    journal.ended([anOutcome(job)])
  }
  journal.close()
  return runDir
}

async function scheduler(runDir: string, options: SchedulerOptions = {}): Promise<Scheduler> {
  const made = await createScheduler({
    runDir,
    history: false,
    capacity: { threads: 1, ramGb: 1 },
    ...options,
  })
  onTestFinished(() => made.close())
  return made
}

describe('a damaged journal', () => {
  it('is refused, and the refusal says how to get back what can be read', async () => {
    const runDir = aRun()
    truncateSync(journalPath(runDir), 8192)
    await expect(scheduler(runDir)).rejects.toThrow(
      /is damaged .*: longshore resume .* recovers what can be read/,
    )
  })

  it('gives back what stands around the damage, and names what does not', async () => {
    const runDir = aRun()
    const path = journalPath(runDir)
    const pages = Math.floor(statSync(path).size / 4096)
    overwrite(path, Math.floor(pages / 3) * 4096)
    const { resumed } = await scheduler(runDir, { resume: true })
    const { succeeded = 0, waiting = 0, unreadable = [] } = resumed ?? {}
    expect(succeeded + waiting).toBeGreaterThan(JOBS / 2)
    expect(succeeded + waiting).toBeLessThan(JOBS)
    expect(unreadable.join('\n')).toMatch(/rows from \d+ to \d+ of \w+[\s\S]*the damaged journal is kept as /)
    expect(readdirSync(runDir).some(name => name.startsWith('journal.sqlite.damaged-'))).toBe(true)
  })

  it('is whole again afterwards', async () => {
    const runDir = aRun()
    overwrite(journalPath(runDir), 4096 * 10)
    const first = await scheduler(runDir, { resume: true })
    const found = first.resumed
    await first.close()
    const second = await scheduler(runDir, { resume: true })
    expect(second.resumed).toEqual({ ...found, unreadable: [] })
  })

  it('of which nothing can be read leaves a run without jobs, and says so', async () => {
    const runDir = aRun()
    const path = journalPath(runDir)
    const length = readFileSync(path).length
    overwrite(path, 0, length)
    const { resumed } = await scheduler(runDir, { resume: true })
    expect(resumed).toMatchObject({ succeeded: 0, waiting: 0 })
    expect(resumed?.unreadable).toEqual(
      expect.arrayContaining(['rows from 1 of jobs', 'rows from 1 of outcomes']),
    )
  })
})

function overwrite(path: string, at: number, length = 4096): void {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(length, 0x5a), 0, length, at)
  closeSync(file)
}
