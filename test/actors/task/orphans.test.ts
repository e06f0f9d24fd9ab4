import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findSetpriv } from '../../../src/actors/task/workerCommand.ts'
import { skipUnless } from '../../support/skip.ts'
import { isAlive, placed, temporaryFolder } from './harness.ts'

/** Starts two workers, one of which idles, and prints the pid of each; then lives on. */
const HOST = `
  const [executorUrl, ...works] = process.argv.slice(2)
  const { createTaskExecutor } = await import(executorUrl)
  const executor = createTaskExecutor({ now: Date.now })
  for (const work of works) executor.start(JSON.parse(work), report => {
    if (report.type === 'job.progressed') console.log('begun')
    if (report.type === 'job.started') console.log(report.pid)
  })
  setInterval(() => {}, 1e6)
`

test('when the scheduler is killed its workers end, also one that never pauses', async context => {
  skipUnless(context, findSetpriv(), 'needs setpriv of util-linux 2.33 or later')
  const folder = await temporaryFolder()
  const module = join(folder, 'task.ts')
  const host = join(folder, 'host.mjs')
  await writeFile(host, HOST)
  await writeFile(
    module,
    `export default (busy: boolean, { progress }) => {
      progress(0)
      while (busy);
      return new Promise(() => {})
    }`,
  )
  const works = [true, false].map(busy =>
    JSON.stringify(placed(folder, { kind: 'task', module, args: busy })),
  )
  const executorUrl = new URL('../../../src/actors/task/executor.ts', import.meta.url).href
  const child = spawn(process.execPath, [host, executorUrl, ...works], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', chunk => {
    said += chunk
  })
  await expect.poll(() => said.match(/begun/g)?.length, { timeout: 20_000 }).toBe(2)
  const pids = said.match(/\d+/g)?.map(Number) ?? []
  expect(pids.map(isAlive)).toEqual([true, true])
  child.kill('SIGKILL')
  await once(child, 'exit')
  await expect.poll(() => pids.map(isAlive), { timeout: 10_000 }).toEqual([false, false])
})
