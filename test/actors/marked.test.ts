import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { createMarkedSearch } from '../../src/actors/marked.ts'
import { skipUnless } from '../support/skip.ts'

test('a process is found that had no mark when it was first looked at: it had not begun its program yet', async context => {
  skipUnless(context, process.platform === 'linux', 'needs /proc')
  const mark = `/nowhere/${process.pid}/output`
  let now = 0
  const search = createMarkedSearch('LONGSHORE_OUTPUT', () => now)
  const find = () => search(new Set([mark])).get(mark) ?? []
  const child = spawn('sh', ['-c', `read go; LONGSHORE_OUTPUT=${mark} exec sleep 1000`], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'spawn')
  expect(find()).toEqual([])
  child.stdin.write('go\n')
  await expect.poll(() => readFileSync(`/proc/${child.pid}/cmdline`, 'utf8')).toContain('sleep')
  now += 500
  expect(find()).toEqual([child.pid])
})
