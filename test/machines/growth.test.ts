import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Ending } from '../../src/job.ts'
import { demandOf } from '../../src/machines/placement/demand.ts'
import { allFree, fit } from '../../src/machines/placement/free.ts'
import { grown, mayGrow, roomFor } from '../../src/machines/placement/growth.ts'
import {
  buildJob,
  buildNode,
  checkInvariants,
  NO_FIXED_RAM,
  simulateSystem,
} from '../../src/testing/index.ts'
import { hushXState } from '../support/hushXState.ts'

hushXState()

const OUT_OF_RAM: Partial<Ending> = {
  ok: false,
  exitCode: null,
  signal: 'SIGKILL',
  failure: { reason: 'signal', message: 'ended by SIGKILL', ranOut: 'ram' },
}

/** Jobs that need so much RAM and are killed with less. */
function needing(ramGb: number) {
  return {
    play: ({ placement }: { placement: { ramGb: number } }) =>
      placement.ramGb >= ramGb ? { durationS: 1 } : { durationS: 1, ending: OUT_OF_RAM },
  }
}

const tried = (system: ReturnType<typeof simulateSystem>) =>
  system.events.flatMap(event => (event.type === 'job.retrying' ? [event.more?.gib] : []))

it('tries a job that ran out of RAM again with half as much more, until it has what it needs', () => {
  const system = simulateSystem({ nodes: [buildNode({ ramGb: 64 })], ...needing(4) })
  system.add(buildJob({ id: 'a', ramGb: 2 }))
  system.runAll(checkInvariants)
  expect(tried(system)).toEqual([3, 4.5])
  expect(system.outcomes[0]).toMatchObject({ status: 'succeeded', attempts: 3 })
})

it('goes by the measured peak where that was more', () => {
  const ending = { ...OUT_OF_RAM, peakRamGb: 10 }
  const system = simulateSystem({
    nodes: [buildNode({ ramGb: 64 })],
    play: ({ placement }) => (placement.ramGb > 10 ? { durationS: 1 } : { durationS: 1, ending }),
  })
  system.add(buildJob({ id: 'a', ramGb: 2 }))
  system.runAll(checkInvariants)
  expect(tried(system)[0]).toBeCloseTo(12)
  expect(system.outcomes[0]).toMatchObject({ status: 'succeeded', attempts: 2 })
})

it('gives a job that had asked for nothing a whole GiB', () => {
  const system = simulateSystem({ nodes: [buildNode({ ramGb: 64 })], ...needing(1) })
  system.add(buildJob({ id: 'a' }))
  system.runAll(checkInvariants)
  expect(tried(system)).toEqual([1])
})

it('does not wait before such a retry, and does not count it as one', () => {
  const system = simulateSystem({ nodes: [buildNode({ ramGb: 64 })], ...needing(3), retryDelayS: 1000 })
  system.add(buildJob({ id: 'a', ramGb: 2, retries: 0 }))
  expect(system.runAll()).toBe(2)
  expect(system.outcomes[0]).toMatchObject({ status: 'succeeded', attempts: 2 })
})

it('gives up after three times, or where no node has more', () => {
  const small = simulateSystem({
    nodes: [buildNode({ ramGb: 2.5 }), buildNode({ name: 'b', ramGb: 1 })],
    ...needing(99),
  })
  small.add(buildJob({ id: 'a', ramGb: 2 }))
  small.runAll(checkInvariants)
  expect(tried(small)).toEqual([2.5])
  const large = simulateSystem({ nodes: [buildNode({ ramGb: 1000 })], ...needing(999) })
  large.add(buildJob({ id: 'a', ramGb: 2 }))
  large.runAll(checkInvariants)
  expect(tried(large)).toEqual([3, 4.5, 6.75])
  for (const { outcomes } of [small, large])
    expect(outcomes[0]).toMatchObject({ status: 'failed', failure: { ranOut: 'ram' } })
})

it('is off with oomRetries 0, and then leaves it to the retries of the job', () => {
  const system = simulateSystem({ nodes: [buildNode({ ramGb: 64 })], ...needing(4), oomRetries: 0 })
  system.add(buildJob({ id: 'a', ramGb: 2, retries: 1 }))
  system.runAll(checkInvariants)
  expect(tried(system)).toEqual([undefined])
  expect(system.outcomes[0]).toMatchObject({ status: 'failed', attempts: 2 })
})

it('gives the same to the others of its group that had asked for as much, now and later', () => {
  const system = simulateSystem({ nodes: [buildNode({ threads: 1, ramGb: 64 })], ...needing(3) })
  system.add(buildJob({ id: 'first', ramGb: 2, priority: 1 }))
  for (const id of ['b', 'c', 'd']) system.add(buildJob({ id, ramGb: 2, priority: id === 'd' ? -1 : 0 }))
  system.add(buildJob({ id: 'other shape', ramGb: 2.5 }), buildJob({ id: 'other', group: 'other', ramGb: 2 }))
  system.start()
  system.clock.advance(1500)
  system.add(buildJob({ id: 'later', ramGb: 2 }))
  system.runAll(checkInvariants)
  const attempts = Object.fromEntries(system.outcomes.map(({ id, attempts }) => [id, attempts]))
  expect(attempts).toEqual({ first: 2, b: 1, c: 1, d: 1, 'other shape': 2, other: 2, later: 1 })
  const taught = system.events.flatMap(event => (event.type === 'job.retrying' ? [event.more] : []))
  expect(taught[0]).toEqual({ of: 'ram', gib: 3, others: 3 })
})

it('does not make a whole group large for one that needs far more', () => {
  const huge = (id: string) => (id === 'huge' ? 6 : 1)
  const system = simulateSystem({
    nodes: [buildNode({ threads: 1, ramGb: 64 })],
    play: ({ job, placement }) =>
      placement.ramGb >= huge(job.id) ? { durationS: 1 } : { durationS: 1, ending: OUT_OF_RAM },
  })
  system.add(buildJob({ id: 'huge', ramGb: 2, timeS: 9 }), buildJob({ id: 'b', ramGb: 2, timeS: 1 }))
  system.runAll(checkInvariants)
  expect(tried(system)).toEqual([3, 4.5, 6.75])
  const given = system.events.flatMap(event =>
    event.type === 'job.placed' && event.id === 'b' ? [event.ramGb] : [],
  )
  expect(given).toEqual([3])
})

it('asks for more of just what ran out, never for more than some node could give', () => {
  const amount = fc.double({ min: 0.1, max: 64, noNaN: true })
  const request = fc.record({
    threads: fc.integer({ min: 1, max: 8 }),
    ramGb: amount,
    gpus: fc.integer({ min: 0, max: 2 }),
    gpuRamGb: fc.double({ min: 0, max: 24, noNaN: true }),
  })
  const node = fc.record({ threads: fc.integer({ min: 1, max: 8 }), ramGb: amount, gpus: fc.constant(2) })
  fc.assert(
    fc.property(
      request,
      fc.array(node, { maxLength: 3 }),
      fc.constantFrom('ram', 'gpuRam'),
      amount,
      (...given) => {
        const [asked, has, ranOut, peakRamGb] = given
        const nodes = has.map((one, i) => buildNode({ name: `n${i}`, ...one }))
        const demand = demandOf(buildJob({ id: 'a', ...asked }).request, 'command', NO_FIXED_RAM)
        const room = roomFor(demand, nodes)
        const next = grown(demand, ranOut, peakRamGb, room)
        const other = ranOut === 'ram' ? 'gpuRam' : 'ram'
        expect(next[other]).toBe(demand[other])
        const grows = mayGrow(demand, room)[ranOut]
        expect(next[ranOut] > demand[ranOut]).toBe(grows)
        if (grows) expect(nodes.some(one => fit(allFree(one), next) !== null)).toBe(true)
      },
    ),
  )
})
