import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withMemory } from '../../../src/machines/placement/demand.ts'
import { type PendingJob, PendingQueue } from '../../../src/machines/placement/queue.ts'
import { runsOr, seed } from '../../support/runs.ts'
import { pendingOf, queueOf } from './support/situation.ts'

const draft = fc.record({
  timeS: fc.constantFrom(null, 1, 2, 5, 5, 60),
  group: fc.constantFrom('a', 'b'),
  priority: fc.constantFrom(0, 1),
  threads: fc.constantFrom(1, 2),
})

/** What a queue holds, bucket by bucket. */
function contentOf(queue: PendingQueue): string[][] {
  return [...queue.buckets()].map(bucket => idsOf(bucket.size, position => bucket.at(position))).sort()
}

function idsOf(size: number, at: (position: number) => PendingJob | undefined): string[] {
  return Array.from({ length: size }, (_, position) => at(position)?.job.id ?? 'none')
}

/** The same, from a plain list. */
function expectedContent(waiting: readonly PendingJob[]): string[][] {
  const buckets = Map.groupBy(waiting, ({ job, demand }) =>
    JSON.stringify([job.group, job.priority, job.timeS === null, demand.key]),
  )
  return [...buckets.values()]
    .map(bucket =>
      bucket
        .sort((a, b) => (b.job.timeS ?? 0) - (a.job.timeS ?? 0) || a.seq - b.seq)
        .map(({ job }) => job.id),
    )
    .sort()
}

describe('the queue of waiting jobs', () => {
  it('has the longest of each bucket first, and of equal ones the earlier', () => {
    const queue = queueOf([
      { id: 'short', timeS: 1 },
      { id: 'long', timeS: 9 },
      { id: 'first of two', timeS: 5 },
      { id: 'second of two', timeS: 5 },
    ])
    expect(contentOf(queue)).toEqual([['long', 'first of two', 'second of two', 'short']])
  })

  it('keeps apart what is not interchangeable', () => {
    const queue = queueOf([
      { id: 'plain' },
      { id: 'wide', threads: 2 },
      { id: 'other group', group: 'other' },
      { id: 'urgent', priority: 1 },
      { id: 'without estimate', timeS: null },
    ])
    expect([...queue.buckets()]).toHaveLength(5)
    expect(queue.size).toBe(5)
  })

  it('holds what a plain list holds, in its order, after any additions, removals and looks', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.array(draft, { minLength: 1, maxLength: 20 }).map(add => ({ add })) },
      fc.nat(50).map(remove => ({ remove })),
      fc.nat(50).map(putBack => ({ putBack })),
      fc.record({
        raise: fc.constantFrom('a', 'b'),
        from: fc.constantFrom(1, 2),
        gib: fc.constantFrom(1, 2, 3),
      }),
      fc.constant({ look: true }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), steps => {
        const queue = new PendingQueue()
        const waiting: PendingJob[] = []
        const taken: PendingJob[] = []
        let seq = 0
        for (const each of steps) {
          if ('add' in each)
            for (const one of each.add) {
              const pending = pendingOf({ id: `j${seq}`, ...one }, seq++)
              queue.add(pending)
              waiting.push(pending)
            }
          if ('remove' in each && waiting.length > 0) {
            const [pending] = waiting.splice(each.remove % waiting.length, 1)
            if (pending) {
              expect(queue.remove(pending)).toBe(true)
              expect(queue.remove(pending)).toBe(false)
              taken.push(pending)
            }
          }
          if ('putBack' in each && taken.length > 0) {
            const [pending] = taken.splice(each.putBack % taken.length, 1)
            if (pending) {
              queue.add(pending)
              waiting.push(pending)
            }
          }
          if ('raise' in each) {
            const from = pendingOf({ id: 'any', threads: each.from }, 0).demand
            const asks = ({ job, demand }: PendingJob) =>
              job.group === each.raise && demand.threads === from.threads
            const ramOf = (waiting: readonly PendingJob[]) => waiting.map(({ demand }) => demand.ram)
            const before = ramOf(waiting)
            const more = each.gib * 2 ** 30
            const raised = queue.raise(each.raise, from, withMemory(from, { ram: more }))
            const expected = waiting.map((one, i) =>
              asks(one) ? Math.max(before[i] ?? 0, more) : (before[i] ?? 0),
            )
            expect(ramOf(waiting)).toEqual(expected)
            expect(raised).toBe(before.filter((ram, i) => ram !== expected[i]).length)
          }
          if ('look' in each) contentOf(queue)
          expect(queue.size).toBe(waiting.length)
        }
        expect(contentOf(queue)).toEqual(expectedContent(waiting))
        for (const pending of waiting) {
          const holders = [...queue.buckets()].filter(
            bucket => bucket.at(bucket.positionOf(pending)) === pending,
          )
          expect(holders).toHaveLength(1)
        }
        const total = [...queue.buckets()].reduce((sum, bucket) => sum + bucket.totalTimeS, 0)
        expect(total).toBeCloseTo(waiting.reduce((sum, { job }) => sum + (job.timeS ?? 0), 0))
      }),
      { seed, numRuns: runsOr(300) },
    )
  })

  it('takes twenty thousand at once and gives them in order', () => {
    const queue = new PendingQueue()
    for (let seq = 0; seq < 20_000; seq++)
      queue.add(pendingOf({ id: `j${seq}`, timeS: 1 + ((seq * 7919) % 1000) }, seq))
    const [bucket] = queue.buckets()
    if (!bucket) throw new Error('there is no bucket')
    for (let position = 1; position < bucket.size; position++) {
      const [before, after] = [bucket.at(position - 1), bucket.at(position)]
      if ((before?.job.timeS ?? 0) < (after?.job.timeS ?? 0)) throw new Error(`wrong order at ${position}`)
    }
    expect(bucket.size).toBe(20_000)
  })

  it('orders jobs by what they took in an earlier run where that is known, whatever is said of them now', () => {
    const queue = queueOf([
      { id: 'said long', timeS: 100, earlierS: 5 },
      { id: 'said short', timeS: 1, earlierS: 50 },
      { id: 'not known', timeS: 10 },
    ])
    const buckets = [...queue.buckets()]
    expect(buckets.map(bucket => bucket.at(0)?.job.id)).toEqual(['said short', 'not known'])
    expect(buckets[0]).toMatchObject({ size: 2, totalTimeS: 55, estimated: true })
  })

  it('knows nothing of a job that was never added', () => {
    const queue = queueOf([{ id: 'a' }])
    expect(queue.remove(pendingOf({ id: 'b' }, 1))).toBe(false)
    expect(queue.remove(pendingOf({ id: 'c', threads: 3 }, 2))).toBe(false)
    expect(queue.size).toBe(1)
  })
})
