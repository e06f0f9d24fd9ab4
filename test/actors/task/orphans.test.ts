import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
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

/** A host of the executor in a process of its own, that has begun these tasks. */
async function aHost(source: string, args: readonly unknown[]) {
  const folder = await temporaryFolder()
  const module = join(folder, 'task.ts')
  const host = join(folder, 'host.mjs')
  await writeFile(host, HOST)
  await writeFile(module, source)
  const works = args.map(one => JSON.stringify(placed(folder, { kind: 'task', module, args: one })))
  const executorUrl = new URL('../../../src/actors/task/executor.ts', import.meta.url).href
  const child = spawn(process.execPath, [host, executorUrl, ...works], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  child.stdout.on('data', chunk => {
    said += chunk
  })
  await expect.poll(() => said.match(/begun/g)?.length, { timeout: 20_000 }).toBe(works.length)
  return {
    folder,
    workers: said.match(/\d+/g)?.map(Number) ?? [],
    async kill(): Promise<void> {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

test('when the scheduler is killed its workers end, also one that never pauses', async context => {
  skipUnless(context, findSetpriv(), 'needs setpriv of util-linux 2.33 or later')
  const source = `export default (busy: boolean, { progress }) => {
    progress(0)
    while (busy);
    return new Promise(() => {})
  }`
  const host = await aHost(source, [true, false])
  expect(host.workers.map(isAlive)).toEqual([true, true])
  await host.kill()
  await expect.poll(() => host.workers.map(isAlive), { timeout: 10_000 }).toEqual([false, false])
})

const LEAVES = `
  import { spawn } from 'node:child_process'
  import { appendFileSync } from 'node:fs'
  const sleep = 'echo $$ >> "$0"; exec sleep 1000'
  export default (folder: string, { progress }) => {
    const start = (file, args, options) => spawn(file, args, { stdio: 'ignore', ...options })
    const pids = folder + '/pids'
    start('sh', ['-c', sleep, pids])
    start('sh', ['-c', sleep, pids], { detached: true })
    start('env', ['-i', '/bin/sh', '-c', sleep, pids])
    start('sh', ['-mc', \`sh -c '\${sleep}' "$0" & wait\`, pids])
    const kept = { ...process.env, LONGSHORE_OUTPUT: '' }
    start('sh', ['-c', sleep, folder + '/kept'], { detached: true, env: kept })
    progress(0)
    return new Promise(() => {})
  }`

test('when the scheduler is killed all ends that its tasks have started, but for what was to stay', async () => {
  const folder = await temporaryFolder()
  const host = await aHost(LEAVES, [folder])
  const pidsIn = (name: string) => readLines(join(folder, name)).map(Number)
  await expect.poll(() => [pidsIn('pids').length, pidsIn('kept').length], { timeout: 20_000 }).toEqual([4, 1])
  onTestFinished(() => [...pidsIn('pids'), ...pidsIn('kept')].forEach(kill))
  expect(pidsIn('pids').map(isAlive)).toEqual([true, true, true, true])
  await host.kill()
  await expect.poll(() => pidsIn('pids').filter(isAlive), { timeout: 10_000 }).toEqual([])
  expect(pidsIn('kept').map(isAlive)).toEqual([true])
})

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n')
  } catch {
    return []
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone.
  }
}
