import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { demandOf } from '../../../src/machines/placement/demand.ts'
import {
  allFree,
  covers,
  type Free,
  fit,
  type Grant,
  give,
  take,
} from '../../../src/machines/placement/free.ts'
import { buildNode, buildRequest, NO_FIXED_RAM } from '../../../src/testing/builders.ts'
import { toBytes } from '../../../src/units.ts'
import { node, request } from './support/arbitraries.ts'

const demand = (given: Parameters<typeof buildRequest>[0]) =>
  demandOf(buildRequest(given), 'command', NO_FIXED_RAM)

/** What is free on a node after some of these requests have taken their part. */
const partlyFree = fc.tuple(node, fc.array(request, { maxLength: 6 })).map(([capacity, requests]) => {
  const grants: Grant[] = []
  let free = allFree(capacity)
  for (const asked of requests) {
    const grant = fit(free, demandOf(asked, 'command', NO_FIXED_RAM))
    if (!grant) continue
    grants.push(grant)
    free = take(free, grant)
  }
  return { whole: allFree(capacity), free, grants }
})

describe('what is free', () => {
  it('fits only what is covered, and is never below zero when that is taken', () => {
    fc.assert(
      fc.property(partlyFree, request, ({ free }, asked) => {
        const grant = fit(free, demandOf(asked, 'command', NO_FIXED_RAM))
        if (!grant) return
        expect(covers(free, grant)).toBe(true)
        const left = take(free, grant)
        expect(leastOf(left)).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('is as before when what was taken comes back', () => {
    fc.assert(
      fc.property(partlyFree, request, ({ free }, asked) => {
        const grant = fit(free, demandOf(asked, 'command', NO_FIXED_RAM))
        if (grant) expect(give(take(free, grant), grant)).toEqual(free)
      }),
    )
  })

  it('is the whole node when all has come back, in any order', () => {
    fc.assert(
      fc.property(partlyFree, fc.nat(), ({ whole, free, grants }, turn) => {
        const order = grants.map((_, i) => grants[(i + turn) % grants.length])
        expect(order.reduce((sum, grant) => (grant ? give(sum, grant) : sum), free)).toEqual(whole)
      }),
    )
  })

  it('fits a demand exactly when each of its parts does', () => {
    fc.assert(
      fc.property(partlyFree, request, ({ free }, asked) => {
        const { threads, ram, cores, gpus, gpuShare, gpuRam, resources } = demandOf(
          asked,
          'command',
          NO_FIXED_RAM,
        )
        const enough =
          threads <= free.threads &&
          ram <= free.ram &&
          resources.every(([name, n]) => n <= (free.resources[name] ?? 0)) &&
          free.gpus.filter(gpu => gpu.share >= gpuShare && gpu.ram >= gpuRam).length >= gpus &&
          (cores === 0 || free.cores.some((first, i) => free.cores[i + cores - 1] === first + cores - 1))
        expect(fit(free, demandOf(asked, 'command', NO_FIXED_RAM)) !== null).toBe(enough)
      }),
    )
  })

  it('gives the tightest GPUs, so that whole ones stay whole', () => {
    const free = allFree(buildNode({ gpus: 3 }))
    const half = fit(free, demand({ gpus: 1, gpuShare: 0.5 }))
    expect(half?.gpus).toEqual([0])
    const later = half ? take(free, half) : free
    expect(fit(later, demand({ gpus: 1, gpuShare: 0.5 }))?.gpus).toEqual([0])
    expect(fit(later, demand({ gpus: 2, gpuShare: 1 }))?.gpus).toEqual([1, 2])
    expect(fit(later, demand({ gpus: 1, gpuShare: 0.6 }))?.gpus).toEqual([1])
  })

  it('gives a small GPU rather than a large one where both would do', () => {
    const node = buildNode({ gpus: 2 })
    const free = { ...allFree(node), gpus: [24, 8].map(gb => ({ share: 1000, ram: toBytes(gb) })) }
    expect(fit(free, demand({ gpus: 1, gpuRamGb: 6 }))?.gpus).toEqual([1])
    expect(fit(free, demand({ gpus: 1, gpuRamGb: 12 }))?.gpus).toEqual([0])
  })

  it.each<[string, Partial<Grant>]>([
    ['more threads', { threads: 4001 }],
    ['a negative amount', { threads: -1 }],
    ['no number', { ram: Number.NaN }],
    ['more RAM', { ram: toBytes(16) + 1 }],
    ['a core that is not there', { cores: [4] }],
    ['cores that are not neighbours', { cores: [0, 2] }],
    ['a GPU that is not there', { gpus: [2] }],
    ['a GPU twice', { gpus: [1, 1] }],
    ['more than a GPU', { gpus: [0], gpuShare: 1001 }],
    ['more RAM of a GPU', { gpus: [0], gpuRam: toBytes(24) + 1 }],
    ['an unknown resource', { resources: [['disk', 1]] }],
    ['more of a resource', { resources: [['licence', 1001]] }],
    ['a negative part of a resource', { resources: [['licence', -1]] }],
  ])('does not cover %s', (_, given) => {
    const free = allFree(buildNode({ gpus: 2, resources: { licence: 1 } }))
    const nothing: Grant = {
      threads: 0,
      ram: 0,
      cores: [],
      gpus: [],
      gpuShare: 0,
      gpuRam: 0,
      resources: [],
    }
    expect(covers(free, nothing)).toBe(true)
    expect(covers(free, { ...nothing, ...given })).toBe(false)
  })
})

function leastOf({ threads, ram, gpus, resources }: Free): number {
  return Math.min(threads, ram, ...gpus.flatMap(gpu => [gpu.share, gpu.ram]), ...Object.values(resources))
}
