import { describe, expect, it } from 'vitest'
import { demandOf } from '../../../src/machines/placement/demand.ts'
import { allFree, fit, take } from '../../../src/machines/placement/free.ts'
import { buildNode, buildRequest, NO_FIXED_RAM } from '../../../src/testing/builders.ts'
import { toBytes } from '../../../src/units.ts'

const FIXED = { command: 0.25, task: 0.5, inline: 0, cuda: 2 }
type Draft = Parameters<typeof buildRequest>[0]
const demand = (given: Draft, fixed = NO_FIXED_RAM) => demandOf(buildRequest(given), 'command', fixed)

describe('the demand of a request', () => {
  it.each<[Draft, object]>([
    [{ threads: 0.25 }, { threads: 250 }],
    [{ threads: 1 / 3 }, { threads: 333 }],
    [{ threads: 0.0001 }, { threads: 1 }],
    [
      { threads: 1, physicalCores: 3 },
      { threads: 3000, cores: 3 },
    ],
    [
      { threads: 4, physicalCores: 2 },
      { threads: 4000, cores: 2 },
    ],
    [{ ramGb: 1.5 }, { ram: 1.5 * 2 ** 30 }],
    [
      { gpus: 0, gpuShare: 0.5, gpuRamGb: 3 },
      { gpus: 0, gpuShare: 0, gpuRam: 0 },
    ],
    [
      { gpus: 2, gpuShare: 0.5, gpuRamGb: 3 },
      { gpus: 2, gpuShare: 500, gpuRam: toBytes(3) },
    ],
    [
      { resources: { b: 0.5, a: 2 } },
      {
        resources: [
          ['a', 2000],
          ['b', 500],
        ],
      },
    ],
  ])('of %j is %j', (given, expected) => {
    expect(demand(given)).toMatchObject(expected)
  })

  it.each([
    ['command', 1.25],
    ['task', 1.5],
    ['inline', 1],
  ] as const)('adds the fixed RAM of a %s always', (kind, ramGb) => {
    expect(demandOf(buildRequest({ ramGb: 1 }), kind, FIXED).ram).toBe(toBytes(ramGb))
    expect(demandOf(buildRequest({ ramGb: 0 }), kind, FIXED).ram).toBe(toBytes(ramGb - 1))
  })

  it('adds a CUDA context on each GPU that is used, and on none otherwise', () => {
    expect(demand({ gpus: 2, gpuRamGb: 3 }, FIXED).gpuRam).toBe(toBytes(5))
    expect(demand({ gpus: 0 }, FIXED).gpuRam).toBe(0)
  })

  it('lets three jobs of a third each fit on one GPU, and three of a third of a thread on one thread', () => {
    const third = demand({ threads: 1 / 3, gpus: 1, gpuShare: 1 / 3 })
    let free = allFree(buildNode({ threads: 1, gpus: 1 }))
    for (let nth = 1; nth <= 3; nth++) {
      const grant = fit(free, third)
      if (!grant) throw new Error(`the job ${nth} does not fit`)
      free = take(free, grant)
    }
    expect(fit(free, third)).toBeNull()
  })

  it('has one key for what is interchangeable, and another one for anything else', () => {
    const drafts: Draft[] = [
      {},
      { threads: 2 },
      { ramGb: 1 },
      { physicalCores: 1 },
      { gpus: 1 },
      { gpus: 1, gpuShare: 0.5 },
      { gpus: 1, gpuRamGb: 1 },
      { resources: { a: 1 } },
      { resources: { a: 2 } },
      { resources: { b: 1 } },
    ]
    expect(new Set(drafts.map(given => demand(given).key)).size).toBe(drafts.length)
    expect(demand({ resources: { a: 1, b: 2 } }).key).toBe(demand({ resources: { b: 2, a: 1 } }).key)
  })
})
