import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Arrivals, PATIENCE } from '../../../src/machines/placement/arrivals.ts'
import type { PendingJob } from '../../../src/machines/placement/queue.ts'
import { runsOr, seed } from '../../support/runs.ts'
import { pendingOf } from './support/situation.ts'

let seq = 0

/** A job of 10 s that takes the whole machine, but for what is given. */
function job({ timeS = 10, priority = 0, share = 1 } = {}): PendingJob {
  return { ...pendingOf({ id: `${seq}`, timeS, priority }, seq++), share }
}

/** Lets so many jobs come and go, one after the other. */
function passBy(arrivals: Arrivals, times: number, draft = {}): void {
  for (let i = 0; i < times; i++) {
    const other = job(draft)
    arrivals.add(other)
    arrivals.remove(other)
  }
}

/** What comes from now on did not come with what waits. */
function endWave(arrivals: Arrivals): void {
  passBy(arrivals, 1)
}

describe('a job that waits', () => {
  it('starves when more than ten times the longest estimate has passed it over, and as much as waited with it', () => {
    const arrivals = new Arrivals()
    const waits = job()
    arrivals.add(waits)
    endWave(arrivals)
    passBy(arrivals, PATIENCE + 1)
    expect(arrivals.starving()).toEqual([])
    passBy(arrivals, 1, { share: 0.1 })
    expect(arrivals.starving()).toEqual([waits])
  })

  it('is not passed over by what came before it, or with it', () => {
    const arrivals = new Arrivals()
    const wave = Array.from({ length: 100 }, () => job())
    for (const one of wave) arrivals.add(one)
    for (const one of wave.slice(1)) arrivals.remove(one)
    expect(arrivals.starving()).toEqual([])
  })

  it('may be passed over by more where longer jobs have come', () => {
    const arrivals = new Arrivals()
    const waits = job()
    arrivals.add(waits)
    endWave(arrivals)
    passBy(arrivals, 1, { timeS: 100 })
    passBy(arrivals, PATIENCE * 10 - 10)
    expect(arrivals.starving()).toEqual([])
    passBy(arrivals, 2)
    expect(arrivals.starving()).toEqual([waits])
  })

  it('starves after another one only when the machine has done the work of the longest job between', () => {
    const arrivals = new Arrivals()
    const [first, second] = [job(), job()]
    arrivals.add(first)
    arrivals.add(second)
    endWave(arrivals)
    passBy(arrivals, PATIENCE + 3)
    expect(arrivals.starving()).toEqual([first])
    arrivals.remove(first)
    expect(arrivals.starving()).toEqual([])
    passBy(arrivals, 1, { share: 0.9 })
    expect(arrivals.starving()).toEqual([])
    passBy(arrivals, 1, { share: 0.1 })
    expect(arrivals.starving()).toEqual([second])
  })

  it('starves beside one of another priority, the higher one first', () => {
    const arrivals = new Arrivals()
    const [low, high] = [job({ priority: -1 }), job({ priority: 7 })]
    arrivals.add(low)
    arrivals.add(high)
    endWave(arrivals)
    passBy(arrivals, PATIENCE + 3)
    expect(arrivals.starving()).toEqual([high, low])
  })

  it('starves no more when it has left', () => {
    const arrivals = new Arrivals()
    const waits = job()
    arrivals.add(waits)
    endWave(arrivals)
    passBy(arrivals, PATIENCE + 2)
    arrivals.remove(waits)
    passBy(arrivals, 100)
    expect(arrivals.starving()).toEqual([])
  })
})

describe(`what starves (seed ${seed})`, () => {
  const step = fc.record({
    adds: fc.array(
      fc.record({
        timeS: fc.integer({ min: 1, max: 20 }),
        priority: fc.constantFrom(0, 1),
        share: fc.constantFrom(0.1, 0.5, 1),
      }),
      { maxLength: 4 },
    ),
    removes: fc.array(fc.nat(100), { maxLength: 4 }),
  })

  it('is what has waited longest of its priority, and was passed over by too much, as counted one by one', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const arrivals = new Arrivals()
        /** Each job with the number of departures before it came: its wave. */
        const waiting: { pending: PendingJob; wave: number }[] = []
        const gone: typeof waiting = []
        let longestS = 0
        let rescuedAt = -1
        for (const { adds, removes } of steps) {
          for (const draft of adds) {
            const pending = job(draft)
            longestS = Math.max(longestS, draft.timeS)
            waiting.push({ pending, wave: gone.length })
            arrivals.add(pending)
          }
          for (const pick of removes) {
            const expected = starvingOf(waiting, gone, longestS, rescuedAt)
            expect(arrivals.starving()).toEqual(expected)
            const [one] = waiting.splice(pick % Math.max(1, waiting.length), 1)
            if (!one) continue
            gone.push(one)
            if (expected.includes(one.pending)) rescuedAt = gone.length
            arrivals.remove(one.pending)
          }
        }
      }),
      { seed, numRuns: runsOr(200) },
    )
  })
})

type Waits = { pending: PendingJob; wave: number }

/** In tenths of a second, so that sums are exact. */
function workOf(jobs: readonly Waits[]): number {
  return jobs.reduce(
    (sum, { pending: { job, share = 1 } }) => sum + Math.round((job.timeS ?? 0) * share * 10),
    0,
  )
}

function starvingOf(
  waiting: readonly Waits[],
  gone: readonly Waits[],
  longestS: number,
  rescuedAt: number,
): PendingJob[] {
  if (rescuedAt >= 0 && workOf(gone.slice(rescuedAt)) < longestS * 10) return []
  return [1, 0].flatMap(priority => {
    const oldest = waiting.find(({ pending }) => pending.job.priority === priority)
    if (!oldest) return []
    const after = workOf(gone.filter(({ wave }) => wave > oldest.wave))
    const rest = workOf(waiting.filter(({ wave }) => wave <= oldest.wave))
    return after - rest > PATIENCE * longestS * 10 ? [oldest.pending] : []
  })
}
