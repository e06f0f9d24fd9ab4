import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explain } from '../../src/machines/explain/explain.ts'
import { Deadline } from '../../src/machines/placement/deadline.ts'
import { demandOf } from '../../src/machines/placement/demand.ts'
import { type PendingJob, PendingQueue } from '../../src/machines/placement/queue.ts'
import { reportOf } from '../../src/machines/scheduler/answers.ts'
import {
  buildJob,
  buildNode,
  checkInvariants,
  NO_FIXED_RAM,
  type SimulatedSystem,
  simulateSystem,
} from '../../src/testing/index.ts'
import { hushXState } from '../support/hushXState.ts'
import { runsOr, seed } from '../support/runs.ts'

hushXState()

const times = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 12 })

function waiting(seconds: readonly number[]): { queue: PendingQueue; all: PendingJob[] } {
  const queue = new PendingQueue()
  const all = seconds.map((timeS, seq) => {
    const job = buildJob({ id: `${seq}`, timeS, group: `g${seq % 3}`, threads: 1 + (seq % 2) })
    return { job, demand: demandOf(job.request, 'command', NO_FIXED_RAM), seq, attempts: 0 }
  })
  for (const pending of all) queue.add(pending)
  return { queue, all }
}

describe('the buckets before a deadline', () => {
  it(`hold just the jobs that would end in time, in their order (seed ${seed})`, () => {
    const property = fc.property(times, fc.integer({ min: -2, max: 25 }), (seconds, leftS) => {
      const { queue, all } = waiting(seconds)
      const predict = ({ job }: PendingJob) => 1.25 * (job.timeS ?? 0)
      const deadline = new Deadline()
      deadline.at = 1000 * leftS
      const buckets = deadline.inTime(queue.buckets(), 0, predict)
      const shown = buckets.flatMap(bucket =>
        Array.from({ length: bucket.size }, (_, i) => {
          const pending = bucket.at(i)
          expect(pending && bucket.positionOf(pending)).toBe(i)
          return pending
        }),
      )
      const inTime = all.filter(pending => predict(pending) <= leftS)
      expect(new Set(shown)).toEqual(new Set(inTime))
      expect(shown).toHaveLength(inTime.length)
      for (const pending of all) {
        expect(deadline.allows(pending, 0, predict)).toBe(inTime.includes(pending))
        if (!inTime.includes(pending)) expect(buckets.every(one => one.positionOf(pending) === -1)).toBe(true)
      }
      expect(deadline.inTime(queue.buckets(), 0, predict)).toBe(buckets)
    })
    fc.assert(property, { numRuns: runsOr(100), seed })
  })

  it('are all there is where there is no deadline', () => {
    const { queue } = waiting([1, 2])
    expect(new Deadline().inTime(queue.buckets(), 0, () => 1e9)).toBe(queue.buckets())
  })
})

const GRACE_S = 2

/** A system whose jobs last as long as they say, or longer by a factor, and end some time after TERM. */
function systemOf(seconds: readonly number[], slower = 1): SimulatedSystem {
  const made = simulateSystem({
    nodes: [buildNode({ threads: 2 })],
    graceS: GRACE_S,
    play: ({ job }) => ({ durationS: (job.timeS ?? 0) * slower, endsOnTerm: false }),
  })
  made.add(seconds.map((timeS, i) => buildJob({ id: `${i}`, timeS, group: `${i}` })))
  return made
}

function endIn(made: SimulatedSystem, seconds: number | null): void {
  const at = seconds === null ? null : made.clock.now() + seconds * 1000
  made.actor.send({ type: 'scheduler.endBy', at, by: 'the end of the allocation' })
}

function reportFor(made: SimulatedSystem, startedAt: number) {
  const run = { runDir: null, startedAt, stop: null, firstEstimate: null, history: null }
  return reportOf(made.state(), run)
}

describe('a run with a deadline', () => {
  it(`starts nothing that is not expected to end in time, comes to rest, and goes on later with the rest (seed ${seed})`, () => {
    // Not at the very moment at which a job ends.
    const left = fc.integer({ min: 0, max: 40 }).map(s => s + 0.25)
    const slowness = fc.constantFrom(1, 1.5)
    const property = fc.property(times, left, slowness, (seconds, leftS, slower) => {
      const made = systemOf(seconds, slower)
      const start = made.clock.now()
      endIn(made, leftS)
      made.runAll(checkInvariants)
      // The last job, when told to end for want of time, may still succeed within the grace.
      const outOfTime = made.events.some(({ type }) => type === 'time.over')
      if (made.outcomes.length < seconds.length) expect(outOfTime).toBe(true)
      expect(made.actor.getSnapshot().value).toBe(outOfTime ? 'drained' : 'running')
      expect(made.clock.now() - start).toBeLessThanOrEqual(1000 * (leftS + GRACE_S))
      for (const event of made.events) {
        if (event.type !== 'job.placed') continue
        const timeS = seconds[Number(event.id)] ?? 0
        expect(event.at + timeS * 1000).toBeLessThanOrEqual(start + leftS * 1000)
      }
      expect(reportFor(made, start).late).toBe(seconds.length - made.outcomes.length)

      endIn(made, null)
      made.runAll(checkInvariants)
      expect(made.outcomes.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual(
        seconds.map((_, i) => i),
      )
      expect(made.outcomes.every(({ status, attempts }) => status === 'succeeded' && attempts === 1)).toBe(
        true,
      )
    })
    fc.assert(property, { numRuns: runsOr(60), seed, examples: [[[13, 1], 18.25, 1.5]] })
  })

  it('stops as soon as nothing that waits would end in time, and says so once', () => {
    const made = systemOf([5, 5, 50])
    endIn(made, 30)
    made.runAll(checkInvariants)
    expect(made.events.filter(({ type }) => type === 'time.over')).toMatchObject([
      { at: 5000, by: 'the end of the allocation', waiting: 1, ended: 0 },
    ])
  })

  it('ends what runs longer than was expected when the time is over, which is no failure', () => {
    const made = systemOf([10], 3)
    endIn(made, 20)
    expect(made.runAll(checkInvariants)).toBe(20 + GRACE_S)
    expect(made.outcomes).toEqual([])
    expect(made.events.filter(({ type }) => type === 'time.over')).toMatchObject([{ waiting: 0, ended: 1 }])
  })

  it('places a job after all when the deadline is put off', () => {
    const made = systemOf([10, 100])
    endIn(made, 50)
    made.start()
    made.clock.advance(5000)
    endIn(made, 200)
    made.runAll(checkInvariants)
    expect(made.outcomes).toHaveLength(2)
  })

  it('tells of a job that waits for this why it waits', () => {
    const made = systemOf([10, 100])
    endIn(made, 50)
    made.start()
    made.clock.advance(5000)
    const record = made.state().jobs.get('1')
    if (!record) throw new Error('there is no such job')
    const answer = explain(made.state(), { record, phase: 'running', since: made.clock.now(), moment: null })
    expect(answer).toMatchObject({
      state: 'waiting',
      reason: { kind: 'late', deadline: made.clock.now() + 45_000, by: 'the end of the allocation' },
    })
  })
})
