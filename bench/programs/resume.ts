/** Makes the journal of a run with ended and running jobs, and prints how long it takes to take that run over. */
import { mkdirSync } from 'node:fs'
import type { Job } from '../../src/job.ts'
import { createScheduler } from './library.ts'

const { openJournal } = (await import(
  new URL('../../dist/actors/journal/journal.js', import.meta.url).href
)) as typeof import('../../src/actors/journal/journal.ts')

const { systemClock } = (await import(
  new URL('../../dist/actors/clock.js', import.meta.url).href
)) as typeof import('../../src/actors/clock.ts')

const [, , runDir = '', ended = ''] = process.argv
const ENDED = Number(ended)
const RUNNING = ENDED / 100

const request = {
  threads: 1,
  ramGb: 0.001,
  gpus: 0,
  gpuShare: 1,
  gpuRamGb: 0,
  physicalCores: 0,
  resources: {},
}
const PLAIN = { group: 'fit', request, timeS: 5, priority: 0, retries: 0, timeoutS: null, env: {}, cwd: null }
const grant = { threads: 1000, ram: 2 ** 20, cores: [], gpus: [], gpuShare: 0, gpuRam: 0, resources: [] }

function jobOf(n: number): Job {
  const command = ['python', 'fit.py', '--seed', `${n}`]
  return { ...PLAIN, id: `job${n}`, name: command.join(' '), run: { kind: 'command', command } }
}

function writeRun(): void {
  const journal = openJournal({ runDir, clock: systemClock, durability: 'default' })
  const jobs = Array.from({ length: ENDED + RUNNING }, (_, n) => jobOf(n))
  const at = Date.now()
  journal.added(jobs)
  for (const [n, { id, name, group }] of jobs.entries()) {
    const held = { grant, gpuIds: [] }
    journal.placed({
      placementId: `${id}#1`,
      jobId: id,
      attempt: 1,
      loss: 0,
      node: 'here',
      held,
      grown: null,
      at,
    })
    journal.started(id, at, 4_000_000 + n)
    if (n < ENDED) journal.ended([{ ...SUCCESS, id, name, group, startedAt: at }])
  }
  journal.close()
}

const SUCCESS = {
  status: 'succeeded',
  value: undefined,
  exitCode: 0,
  signal: null,
  durationS: 1.25,
  peakRamGb: 0.01,
  node: 'here',
  attempts: 1,
  representative: true,
  results: {},
} as const

async function takeOver(): Promise<number> {
  const start = performance.now()
  const scheduler = await createScheduler({ runDir, resume: true, history: false, capacity: { threads: 2 } })
  const seconds = (performance.now() - start) / 1000
  const { succeeded, waiting } = scheduler.resumed ?? {}
  if (succeeded !== ENDED || waiting !== RUNNING) throw new Error('It was not taken over as it was')
  await scheduler.close()
  return seconds
}

mkdirSync(runDir, { recursive: true })
writeRun()
// The first time results.jsonl is made anew, which a scheduler that died has mostly written.
await takeOver()
const totalS = await takeOver()
console.log(JSON.stringify({ totalS, placedToEndS: totalS }))
