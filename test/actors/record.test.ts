import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { createScheduler } from '../../src/index.ts'
import { skipUnless } from '../support/skip.ts'
import { makeTemporaryFolder } from '../support/temporaryFolder.ts'

test('a full disk costs results, and a warning, but not the run', async context => {
  const folder = await makeTemporaryFolder()
  const mounted = await execa('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'longshore-test', folder], {
    reject: false,
  })
  skipUnless(context, mounted.exitCode === 0, 'needs the right to mount a small tmpfs: run it as root')
  try {
    const scheduler = await createScheduler({
      runDir: join(folder, 'run'),
      capacity: { threads: 1, ramGb: 1 },
      journal: false,
    })
    const warnings: string[] = []
    scheduler.events$.subscribe(event => event.type === 'warning' && warnings.push(event.message))
    scheduler.add(Array.from({ length: 200 }, (_, i) => ({ id: `job${i}`, inline: () => 'x'.repeat(500) })))
    expect((await scheduler.run()).counts.succeeded).toBe(200)
    await scheduler.close()
    expect(warnings.filter(message => message.includes('ENOSPC'))).toHaveLength(1)
    expect(await readFile(join(folder, 'run/results.jsonl'), 'utf8')).toContain('"id":"job0"')
  } finally {
    await execa('umount', [folder])
  }
})
