import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createInlineExecutor } from '../../src/actors/inline.ts'
import type { InlineFunction } from '../../src/job.ts'
import { placed, startOn, temporaryFolder, type WorkOverrides } from './task/harness.ts'

async function inlineBench() {
  const folder = await temporaryFolder()
  const executor = createInlineExecutor({ now: () => 42 })
  const start = (fn: InlineFunction, overrides?: WorkOverrides) =>
    startOn(executor, placed(folder, { kind: 'inline', fn }, overrides))
  return { folder, executor, start }
}

test('a function runs here, and what it returns is its result, the very object', async () => {
  const { start } = await inlineBench()
  const value = { fit: () => 1 }
  const now = start(() => value)
  const later = start(async () => value)
  expect((await now.ending).value).toBe(value)
  expect((await later.ending).value).toBe(value)
  expect(now.reports).toMatchObject([
    { type: 'job.started', placementId: now.work.placement.id, at: 42, pid: process.pid },
    { type: 'job.exited', ending: { ok: true, exitCode: null, peakRamGb: null, representative: true } },
  ])
})

test.each<[string, InlineFunction]>([
  [
    'throws',
    () => {
      throw new RangeError('too far', { cause: 7 })
    },
  ],
  ['rejects', () => Promise.reject(new RangeError('too far', { cause: 7 }))],
])('a function that %s fails with its error', async (_, fn) => {
  const { start } = await inlineBench()
  const failure = { reason: 'error', name: 'RangeError', message: 'too far', cause: 7 }
  expect(await start(fn).ending).toMatchObject({ ok: false, failure })
})

test('its context tells and hears', async () => {
  const { start, folder } = await inlineBench()
  const job = start(
    ({ id, attempt, gpus, runDir, jobDir, log, progress, notRepresentative, signal }) => {
      log('a', { b: 1 })
      log('c')
      progress(0.5)
      notRepresentative()
      return [id, attempt, gpus, runDir, existsSync(jobDir), signal.aborted]
    },
    { id: 'x', placement: { attempt: 3, gpus: [{ id: 'GPU-1', index: 0 }] } },
  )
  const ending = await job.ending
  expect(ending).toMatchObject({ ok: true, representative: false })
  expect(ending.value).toEqual(['x', 3, ['GPU-1'], folder, true, false])
  expect(job.reports.map(report => report.type)).toEqual(['job.started', 'job.progressed', 'job.exited'])
  expect(await readFile(job.work.paths.stdout, 'utf8')).toBe('a { b: 1 }\nc\n')
})

test('a silent function leaves no files', async () => {
  const { start, folder } = await inlineBench()
  await start(() => 1).ending
  expect(existsSync(`${folder}/logs`) || existsSync(`${folder}/jobs`)).toBe(false)
})

test('terminate aborts its signal, also one that is asked for later', async () => {
  const { executor, start } = await inlineBench()
  const listening = start(
    ({ signal }) => new Promise(resolve => signal.addEventListener('abort', () => resolve('heard'))),
  )
  const { promise, resolve } = Promise.withResolvers<void>()
  const late = start(async context => {
    await promise
    return context.signal.aborted
  })
  for (const { work } of [listening, late]) executor.terminate(work.placement.id)
  resolve()
  expect((await listening.ending).value).toBe('heard')
  expect((await late.ending).value).toBe(true)
})

test('a killed function holds its resources until it has settled, and its log says so', async () => {
  const { executor, start } = await inlineBench()
  const { promise, resolve } = Promise.withResolvers<string>()
  const job = start(() => promise)
  executor.kill(job.work.placement.id)
  expect(job.reports.map(report => report.type)).toEqual(['job.started'])
  expect(await readFile(job.work.paths.stderr, 'utf8')).toContain('pass on context.signal')
  resolve('at last')
  expect(await job.ending).toMatchObject({ ok: true, value: 'at last' })
})

test('close tells what still runs as failed, once', async () => {
  const { executor, start } = await inlineBench()
  const { promise, resolve } = Promise.withResolvers<void>()
  const job = start(async ({ signal }) => {
    await promise
    return signal.aborted
  })
  await executor.close()
  resolve()
  await promise
  expect(await job.ending).toMatchObject({ ok: false, failure: { reason: 'lost' } })
  expect(job.reports.map(report => report.type)).toEqual(['job.started', 'job.exited'])
})

test('unknown ids are ignored', async () => {
  const { executor } = await inlineBench()
  executor.terminate('nobody#1')
  executor.kill('nobody#1')
})
