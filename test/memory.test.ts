import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { command, createScheduler, type RunEvent } from '../src/index.ts'
import { makeTemporaryFolder } from './support/temporaryFolder.ts'

/** Holds so many MiB for as long as it takes to be seen. */
const holding = (mib: number) =>
  command([
    process.execPath,
    '-e',
    `const held = Buffer.alloc(${mib} << 20, 1); setTimeout(() => held, 4000)`,
  ])

const GREEDY = ['a', 'b', 'c']
const FAIR = Array.from({ length: 20 }, (_, n) => `fair${n}`)

it('ends 3 jobs that take far more RAM than they asked for, gives them more, and leaves 20 others alone', async () => {
  const folder = await makeTemporaryFolder()
  onTestFinished(() => rm(folder, { recursive: true }))
  const events: RunEvent[] = []
  await using scheduler = await createScheduler({
    capacity: { threads: 24, ramGb: 8 },
    runDir: join(folder, 'run'),
    ramKillFactor: 2,
  })
  scheduler.events$.subscribe(event => events.push(event))
  scheduler.add([
    ...GREEDY.map(id => ({ id, name: 'fit', group: 'greedy', ramGb: 0.05, run: holding(120) })),
    ...FAIR.map(id => ({ id, group: 'fair', ramGb: 0.05, run: command(['sleep', '3']) })),
  ])
  const { outcomes } = await scheduler.run()
  const attempts = Object.fromEntries(
    outcomes.map(one => [one.id, one.status === 'succeeded' && one.attempts]),
  )
  expect(attempts).toEqual(Object.fromEntries([...GREEDY.map(id => [id, 2]), ...FAIR.map(id => [id, 1])]))
  const retried = events.flatMap(event => (event.type === 'job.retrying' ? [event] : []))
  expect(retried).toHaveLength(GREEDY.length)
  for (const { failure, more } of retried) {
    expect(failure.message).toMatch(/^ended: it held 0\.\d+ GiB of RAM, 0\.05\d* GiB were reserved$/)
    expect(more).toMatchObject({ of: 'ram', gib: 1, others: 0 })
  }
  const warnings = events.flatMap(event => (event.type === 'warning' ? [event.message] : []))
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(
    /^fit holds 0\.\d+ GiB of RAM, but only 0\.05\d* GiB are reserved: ask for more ramGb$/,
  )
})
