import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MemoryLook, MemoryWatch, type Resident } from '../../../src/machines/memory/watch.ts'

const LIMITS = { node: 'n', floorGb: 1, killFactor: null }
const PLENTY: MemoryLook = { availableGb: 10, stalledPercent: 0 }
const LITTLE: MemoryLook = { availableGb: 0.5, stalledPercent: 0 }

function resident(jobId: string, given: Partial<Resident> = {}): Resident {
  const placementId = `${jobId}#1`
  return { jobId, placementId, group: jobId, startedAt: 0, reservedGb: 2, asked: true, ramGb: 1, ...given }
}

describe('a node that is short of RAM', () => {
  it('is closed first; only then the youngest job over its request makes room, one at a time', () => {
    const watch = new MemoryWatch(LIMITS)
    const old = resident('old', { ramGb: 3, startedAt: 1 })
    const young = resident('young', { ramGb: 3, startedAt: 2 })
    const modest = resident('modest', { startedAt: 3 })
    watch.judge(PLENTY, [old, young, modest])
    expect(watch.judge(LITTLE, [old, young, modest])).toEqual([
      { type: 'node.short', node: 'n', availableGb: 0.5 },
    ])
    expect(watch.judge(LITTLE, [old, young, modest])).toEqual([{ type: 'job.evict', jobId: 'young' }])
    expect(watch.judge(LITTLE, [old, young, modest])).toEqual([])
    expect(watch.judge(LITTLE, [old, modest])).toEqual([{ type: 'job.evict', jobId: 'old' }])
    expect(watch.judge(LITTLE, [modest])).toEqual([])
    expect(watch.judge(PLENTY, [modest])).toEqual([{ type: 'node.eased', node: 'n', availableGb: 10 }])
    expect(watch.isShort).toBe(false)
  })

  it('is known by standing still for want of RAM, too', () => {
    const watch = new MemoryWatch(LIMITS)
    expect(watch.judge({ ...PLENTY, stalledPercent: 21 }, [])).toMatchObject([{ type: 'node.short' }])
    expect(watch.judge({ ...PLENTY, stalledPercent: 15 }, [])).toEqual([])
    expect(watch.judge({ ...PLENTY, stalledPercent: 9 }, [])).toMatchObject([{ type: 'node.eased' }])
  })

  it('does not open at the very floor, where it would close again at once', () => {
    const watch = new MemoryWatch(LIMITS)
    watch.judge(LITTLE, [])
    expect(watch.judge({ ...PLENTY, availableGb: 1.2 }, [])).toEqual([])
  })
})

describe('a job that holds more than it asked for', () => {
  it('is told of once, and once for its group', () => {
    const watch = new MemoryWatch(LIMITS)
    const a = resident('a', { group: 'g', ramGb: 3 })
    const b = resident('b', { group: 'g', ramGb: 3 })
    expect(watch.judge(PLENTY, [a, b])).toEqual([
      { type: 'job.overRequest', jobId: 'a', ramGb: 3, reservedGb: 2 },
    ])
    expect(watch.judge(PLENTY, [a, b])).toEqual([])
  })

  it('is ended past the factor, once', () => {
    const watch = new MemoryWatch({ ...LIMITS, killFactor: 2 })
    const greedy = resident('greedy', { ramGb: 5 })
    expect(watch.judge(PLENTY, [greedy, resident('fair', { ramGb: 4 })])).toContainEqual({
      type: 'job.overRam',
      jobId: 'greedy',
      ramGb: 5,
    })
    expect(watch.judge(PLENTY, [greedy])).toEqual([])
  })

  it('has promised nothing where it asked for no RAM: it is not told of, but may have to make room', () => {
    const watch = new MemoryWatch({ ...LIMITS, killFactor: 2 })
    const careless = resident('careless', { asked: false, ramGb: 5 })
    expect(watch.judge(PLENTY, [careless])).toEqual([])
    watch.judge(LITTLE, [careless])
    expect(watch.judge(LITTLE, [careless])).toEqual([{ type: 'job.evict', jobId: 'careless' }])
  })
})

it('never ends a job within its request, and never one before placing has stopped', () => {
  const gib = fc.double({ min: 0, max: 20, noNaN: true })
  const look = fc.record({
    availableGb: gib,
    stalledPercent: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
  })
  const job = fc.record({ ramGb: gib, reservedGb: gib, asked: fc.boolean(), startedAt: fc.nat(9) })
  const step = fc.tuple(look, fc.array(job, { maxLength: 4 }))
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 8 }),
      fc.option(fc.double({ min: 1, max: 4, noNaN: true })),
      (steps, killFactor) => {
        const watch = new MemoryWatch({ ...LIMITS, killFactor })
        for (const [seen, jobs] of steps) {
          const residents = jobs.map((one, i) => resident(`j${i}`, one))
          const wasShort = watch.isShort
          for (const order of watch.judge(seen, residents)) {
            if (!('jobId' in order)) continue
            const named = residents.find(({ jobId }) => jobId === order.jobId)
            expect(named?.ramGb).toBeGreaterThan(named?.reservedGb ?? Number.POSITIVE_INFINITY)
            if (order.type === 'job.evict') expect(wasShort).toBe(true)
          }
        }
      },
    ),
  )
})
