import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/progress.ts'
import { jsonReporter } from '../../src/reports/json/reporter.ts'
import { SimulatedClock } from '../../src/simulator/clock.ts'
import { keptOutput } from './support/output.ts'
import { aFailure, aPicture, aProgress, aReport, NOW } from './support/pictures.ts'

function reporting() {
  const clock = new SimulatedClock(NOW)
  const stdout = keptOutput()
  const reporter = jsonReporter({ picture: () => aPicture(), stdout, stderr: keptOutput(), clock })
  const taken = async (): Promise<{ type: string }[]> => {
    await setImmediate()
    const lines = stdout.take().split('\n')
    expect(lines.pop()).toBe('')
    return lines.map(line => JSON.parse(line))
  }
  return { clock, stdout, reporter, taken }
}

function ended(value: unknown): RunEvent {
  return { type: 'job.ended', at: NOW, outcome: aFailure({ value }) }
}

test('each event is a line, as it is', async () => {
  const { reporter, taken } = reporting()
  const events: RunEvent[] = [
    { type: 'jobs.added', at: NOW, jobs: 3 },
    { type: 'warning', at: NOW, message: 'line 1\nline 2\u009b\u202e' },
    ended({ accuracy: 0.9 }),
  ]
  for (const event of events) reporter.tell(event)
  expect(await taken()).toEqual(JSON.parse(JSON.stringify(events)))
})

test('a burst of placements is followed by the progress, at most once a second', async () => {
  const { clock, reporter, taken } = reporting()
  const burst: RunEvent = { type: 'burst.placed', at: NOW, placed: 1 }
  for (let ms = 0; ms < 2000; ms += 250) {
    reporter.tell(burst)
    clock.advance(250)
  }
  const progress = (await taken()).filter(event => event.type === 'progress')
  expect(progress).toEqual([0, 1000].map(ms => ({ type: 'progress', at: NOW + ms, ...aProgress() })))
})

test('values that JSON cannot hold do not stop the line', async () => {
  const { reporter, taken } = reporting()
  const circle: Record<string, unknown> = { twice: [{ a: 1n }] }
  circle['again'] = circle['twice']
  circle['self'] = circle
  const bad = {
    toJSON() {
      throw new Error('no')
    },
  }
  for (const value of [1n, circle, bad]) reporter.tell(ended(value))
  expect(await taken()).toMatchObject([
    { outcome: { value: '1' } },
    { outcome: { value: { twice: [{ a: '1' }], again: [{ a: '1' }], self: '[circular]' } } },
    { type: 'job.ended', at: NOW, unwritable: true },
  ])
})

test('the end is a report without the outcomes, which were told before', async () => {
  const { reporter, taken } = reporting()
  await reporter.end(aReport({ outcomes: [aFailure()] }))
  const { outcomes: _, ...report } = aReport()
  expect(await taken()).toEqual([{ type: 'report', at: NOW, ...report }])
})
