import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Request, RunKind } from '../../../src/job.ts'
import { demandOf } from '../../../src/machines/placement/demand.ts'
import { allFree, fit } from '../../../src/machines/placement/free.ts'
import { impossible } from '../../../src/machines/placement/impossible.ts'
import type { FixedRam, NodeCapacity } from '../../../src/node.ts'
import { buildNode, buildRequest, NO_FIXED_RAM } from '../../../src/testing/builders.ts'
import { runsOr, seed } from '../../support/runs.ts'
import { fixedRam, node, request } from './support/arbitraries.ts'

const small = buildNode({ name: 'small', threads: 2, ramGb: 4 })
const big = buildNode({
  name: 'big',
  threads: 8,
  ramGb: 32,
  gpus: 2,
  gpuRamGb: 24,
  resources: { licence: 2 },
})

function verdict(
  given: Partial<Request>,
  nodes: readonly NodeCapacity[] = [small, big],
  fixed = NO_FIXED_RAM,
) {
  const asked = buildRequest(given)
  return impossible(asked, demandOf(asked, 'command', fixed), nodes)
}

describe('a request that can never fit', () => {
  it.each<[Partial<Request>, string, string]>([
    [{ threads: 9 }, 'asks for threads 9, but the largest node (big) has 8', 'threads 8'],
    [{ ramGb: 33 }, 'asks for ramGb 33 GiB, but the largest node (big) has 32 GiB', 'ramGb 32'],
    [{ gpus: 3 }, 'asks for gpus 3, but the largest node (big) has 2', 'gpus 2'],
    [
      { gpus: 1, gpuRamGb: 30 },
      'asks for gpuRamGb 30 GiB, but the largest node (big) has 24 GiB',
      'gpuRamGb 24',
    ],
    [{ physicalCores: 9 }, 'asks for physicalCores 9, but the largest node (big) has 8', 'physicalCores 8'],
    [
      { resources: { licence: 3 } },
      'asks for resources.licence 3, but the largest node (big) has 2',
      'resources.licence 2',
    ],
    [
      { resources: { disk: 1 } },
      'asks for resources.disk 1, but the largest node (small) has 0',
      'resources.disk 0. Own resources are told by the capacity: --capacity disk=1',
    ],
    [
      { resources: { threads: 1 } },
      'asks for resources.threads 1, but the largest node (small) has 0',
      'resources.threads 0. threads is a key of the job itself',
    ],
    [{ threads: 8.001 }, 'asks for threads 8.001, but the largest node (big) has 8', 'threads 8'],
  ])('%j says which resource, what there is, and what would fit', (given, asks, would) => {
    expect(verdict(given)).toBe(`can never run: ${asks}. The nearest request that would fit: ${would}`)
  })

  it('names every resource of which there is too little', () => {
    expect(verdict({ threads: 9, ramGb: 64 })).toBe(
      'can never run: asks for threads 9, but the largest node (big) has 8; ' +
        'asks for ramGb 64 GiB, but the largest node (big) has 32 GiB. ' +
        'The nearest request that would fit: threads 8, ramGb 32',
    )
  })

  it('tells the fixed RAM apart, which nobody asked for', () => {
    const fixed = { command: 1, task: 0, inline: 0, cuda: 4 }
    expect(verdict({ ramGb: 32 }, [big], fixed)).toBe(
      'can never run: asks for ramGb 33 GiB (1 GiB of it fixed), but the largest node (big) has 32 GiB. ' +
        'The nearest request that would fit: ramGb 31',
    )
    expect(verdict({ gpus: 1, gpuRamGb: 22 }, [big], fixed)).toContain('would fit: gpuRamGb 20')
  })

  it('says so where not even the fixed RAM fits', () => {
    const fixed = { ...NO_FIXED_RAM, command: 5 }
    expect(verdict({}, [small], fixed)).toContain('No request would fit')
  })

  it('says so where there is no node', () => {
    expect(verdict({}, [])).toBe('there is no node to run it on')
  })

  it('is not one that fits an empty node', () => {
    expect(verdict({ threads: 8, ramGb: 32, gpus: 2, gpuRamGb: 24, physicalCores: 8 })).toBeNull()
  })

  it('is told exactly when it fits no empty node, with a nearest request that does fit one', () => {
    const kind = fc.constantFrom<RunKind[]>('command', 'task', 'inline')
    const nodes = fc.array(node, { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(request, nodes, kind, fixedRam, (asked, some, kind, fixed) => {
        const named = some.map((one, i) => ({ ...one, name: `n${i}` }))
        const why = impossible(asked, demandOf(asked, kind, fixed), named)
        expect(why === null).toBe(fits(asked, kind, fixed, named))
        if (why === null) return
        const nearest = nearestOf(why, asked)
        if (nearest) expect(fits(nearest, kind, fixed, named), why).toBe(true)
        else expect(fits(least(asked), kind, fixed, named), why).toBe(false)
      }),
      { seed, numRuns: runsOr(2000) },
    )
  })
})

function fits(asked: Request, kind: RunKind, fixed: FixedRam, nodes: readonly NodeCapacity[]): boolean {
  return nodes.some(one => fit(allFree(one), demandOf(asked, kind, fixed)) !== null)
}

/** The request that is changed as the message says; `null` where it says that none would fit. */
function nearestOf(why: string, asked: Request): Request | null {
  const [, would] = why.split('The nearest request that would fit: ')
  if (would === undefined) return null
  const changes = would.split(', ').map(change => change.split(' '))
  const nearest = { ...asked, resources: { ...asked.resources } }
  for (const [key = '', amount] of changes) {
    if (key.startsWith('resources.')) nearest.resources[key.slice('resources.'.length)] = Number(amount)
    else Object.assign(nearest, { [key]: Number(amount) })
  }
  return nearest
}

/** Less than that nobody can ask for. */
function least(asked: Request): Request {
  return { ...asked, threads: 0.001, ramGb: 0, gpus: 0, physicalCores: 0, resources: {} }
}
