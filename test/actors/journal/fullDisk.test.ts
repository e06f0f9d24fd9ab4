import { writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { createScheduler } from '../../../src/index.ts'
import { skipUnless } from '../../support/skip.ts'
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts'
import { find } from './harness.ts'

test('a disk that fills up stops placing, lets finish what runs, and loses no outcome', async context => {
  const folder = await makeTemporaryFolder()
  const mounted = await execa('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'longshore-test', folder], {
    reject: false,
  })
  skipUnless(context, mounted.exitCode === 0, 'needs the right to mount a small tmpfs: run it as root')
  try {
    const runDir = join(folder, 'run')
    const filler = join(folder, 'filler')
    const scheduler = await createScheduler({ runDir, capacity: { threads: 2, ramGb: 1 } })
    const warnings: string[] = []
    scheduler.events$.subscribe(event => event.type === 'warning' && warnings.push(event.message))
    const release = Promise.withResolvers<void>()
    scheduler.add([
      { id: 'fills', priority: 1, inline: () => fill(filler) },
      // Ends after the disk has become full.
      { id: 'goes-on', priority: 2, inline: () => release.promise.then(() => 'x'.repeat(5000)) },
      ...Array.from({ length: 20 }, (_, i) => ({ id: `command${i}`, command: ['true'] })),
    ])
    scheduler.events$.subscribe(event => event.type === 'warning' && release.resolve())
    const { counts } = await scheduler.run()
    expect(counts).toMatchObject({ succeeded: 2, failed: 0, pending: 20 })
    const [first = ''] = warnings.filter(message => message.includes('journal.sqlite'))
    expect(first).toMatch(/make room.*No more jobs are started.*then: longshore resume .*\/run$/)
    // There is room again before the scheduler ends: what it still holds goes into the journal.
    await rm(filler)
    await scheduler.close()
    const ended = find(runDir).filter(({ outcome }) => outcome !== null)
    expect(ended.map(({ job }) => job.id)).toEqual(['fills', 'goes-on'])
  } finally {
    await execa('umount', ['-l', folder])
  }
})

function fill(path: string): void {
  try {
    for (;;) writeFileSync(path, '0'.repeat(4096), { flag: 'a' })
  } catch {
    // Full.
  }
}
