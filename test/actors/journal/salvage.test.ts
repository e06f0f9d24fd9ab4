import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { journalPath } from '../../../src/actors/journal/journal.ts'
import { lineOf } from '../../../src/actors/record/results.ts'
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

  it('that was cut off gives back all that is left of it', async () => {
    const runDir = aRun()
    const path = journalPath(runDir)
    truncateSync(path, Math.floor(statSync(path).size / 2) + 100)
    const { resumed } = await scheduler(runDir, { resume: true })
    const { succeeded = 0, waiting = 0, unreadable = [] } = resumed ?? {}
    expect(succeeded + waiting).toBeGreaterThan(JOBS / 2)
    expect(unreadable).toContainEqual(
      expect.stringMatching(/^the last \d+ of \d+ pages: they are not there$/),
    )
  })

  it('of which the pages are damaged that lead to the others gives back all the same', async () => {
    const runDir = aRun()
    overwrite(journalPath(runDir), 0, 8 * 4096)
    const { resumed } = await scheduler(runDir, { resume: true })
    const { succeeded = 0, waiting = 0 } = resumed ?? {}
    expect(succeeded + waiting).toBeGreaterThan(0.9 * JOBS)
  })

  it('gives back what stands in its log of writes alone', async () => {
    const runDir = aRun()
    const journal = open(runDir)
    journal.ended([anOutcome(aJob(`job${JOBS - 1}`)), anOutcome(aJob('job0'), { status: 'failed' })])
    const path = journalPath(runDir)
    const files = ['', '-wal'].map(end => [path + end, readFileSync(path + end)] as const)
    journal.close()
    for (const [file, bytes] of files) writeFileSync(file, bytes)
    overwrite(path, 0)
    const { resumed } = await scheduler(runDir, { resume: true })
    expect(resumed).toMatchObject({ succeeded: JOBS / 2, failed: 1 })
  })

  it('does not have jobs run again that have ended by results.jsonl, and leaves it all of its lines', async () => {
    const runDir = aRun()
    const path = join(runDir, 'results.jsonl')
    const lines = Array.from({ length: JOBS / 2 }, (_, i) =>
      lineOf({ ...anOutcome(aJob(`job${i}`)), held: null }),
    )
    writeFileSync(path, lines.join(''))
    overwrite(journalPath(runDir), pageWith(journalPath(runDir), '"durationS"') * 4096)
    const first = await scheduler(runDir, { resume: true })
    const { resumed } = first
    await first.close()
    expect(resumed).toMatchObject({ succeeded: JOBS / 2, waiting: JOBS / 2 })
    expect(resumed?.unreadable).toContainEqual(expect.stringMatching(/^rows from \d+ to \d+ of outcomes$/))
    expect(resumed?.unreadable).toContainEqual(expect.stringMatching(/^1 of \d+ pages: they make no sense$/))
    truncateSync(journalPath(runDir), 0)
    const second = await scheduler(runDir, { resume: true })
    expect(second.resumed?.unreadable).toEqual(['any job: it is empty, and results.jsonl is not'])
    expect(readFileSync(path, 'utf8').split('\n').toSorted()).toEqual(
      [...lines.map(line => line.trimEnd()), ''].toSorted(),
    )
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
    expect(resumed?.unreadable).toEqual(expect.arrayContaining(['any row of jobs', 'any row of outcomes']))
  })
})

/** The first page of rows after the tenth page that has a text in it: those before may have been used otherwise once. */
function pageWith(path: string, text: string): number {
  const bytes = readFileSync(path)
  for (let page = 10; page * 4096 < bytes.length; page++) {
    const rows = bytes.subarray(page * 4096, (page + 1) * 4096)
    if (rows[0] === 0x0d && rows.includes(text)) return page
  }
  throw new Error('there is none')
}

function overwrite(path: string, at: number, length = 4096): void {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(length, 0x5a), 0, length, at)
  closeSync(file)
}
