import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Demand, demandOf } from '../../../src/machines/placement/demand.ts'
import { allFree, type Free, fit, take } from '../../../src/machines/placement/free.ts'
import { type Missing, missingFor } from '../../../src/machines/placement/missing.ts'
import { buildNode, buildRequest, NO_FIXED_RAM } from '../../../src/testing/builders.ts'
import { runsOr, seed } from '../../support/runs.ts'
import { fixedRam, node, request } from './support/arbitraries.ts'

const runs = { numRuns: runsOr(500), seed }

/** What is free on a node on which other jobs run already, and a demand. */
const moment = fc
  .record({ node, request, others: fc.array(request, { maxLength: 4 }), fixed: fixedRam })
  .map(({ node, request, others, fixed }) => {
    const free = others.reduce((left, other) => {
      const grant = fit(left, demandOf(other, 'command', fixed))
      return grant ? take(left, grant) : left
    }, allFree(node))
    return { free, demand: demandOf(request, 'command', fixed) }
  })

/** The same with so much more of a resource. */
function withMore(free: Free, { resource }: Missing, more: number): Free {
  if (resource === 'threads') return { ...free, threads: free.threads + more }
  if (resource === 'ram') return { ...free, ram: free.ram + more }
  if (resource === 'gpus') {
    const whole = { share: 1000, ram: Number.MAX_SAFE_INTEGER }
    return { ...free, gpus: [...free.gpus, ...Array.from({ length: more }, () => whole)] }
  }
  if (resource === 'cores') return { ...free, cores: longer(free.cores, more) }
  const before = free.resources[resource.own] ?? 0
  return { ...free, resources: { ...free.resources, [resource.own]: before + more } }
}

/** The longest run of neighbours, and so many more at its end. */
function longer(cores: readonly number[], more: number): readonly number[] {
  let longest: number[] = []
  let run: number[] = []
  for (const core of cores) {
    run = run.at(-1) === core - 1 ? [...run, core] : [core]
    if (run.length > longest.length) longest = run
  }
  const last = longest.at(-1) ?? -1
  return [...longest, ...Array.from({ length: more }, (_, i) => last + 1 + i)]
}

const given = (free: Free, missing: readonly Missing[], less = 0): Free =>
  missing.reduce((more, one, i) => withMore(more, one, one.asked - one.free - (i === 0 ? less : 0)), free)

describe(`what is missing (LONGSHORE_SEED=${seed})`, () => {
  it('is nothing exactly where it fits', () => {
    fc.assert(
      fc.property(moment, ({ free, demand }) => {
        expect(missingFor(demand, free).length === 0).toBe(fit(free, demand) !== null)
      }),
      runs,
    )
  })

  it('is exact: with it the demand fits, and with the least less of any of it, not', () => {
    fc.assert(
      fc.property(moment, ({ free, demand }) => {
        const missing = missingFor(demand, free)
        expect(fit(given(free, missing), demand)).not.toBeNull()
        missing.forEach((one, i) => {
          const others = missing.filter((_, other) => other !== i)
          expect(fit(given(free, [one, ...others], 1), demand)).toBeNull()
        })
      }),
      runs,
    )
  })

  it('counts the GPUs with enough of both, and the longest run of free cores', () => {
    const free: Free = {
      ...allFree(buildNode({ threads: 8, cores: 4, gpus: 2 })),
      cores: [0, 2, 3],
      gpus: [
        { share: 500, ram: 2 ** 30 },
        { share: 1000, ram: 2 ** 30 },
      ],
    }
    const asks = { threads: 1, physicalCores: 3, gpus: 2, gpuShare: 1, gpuRamGb: 1 }
    const demand: Demand = demandOf(buildRequest(asks), 'command', NO_FIXED_RAM)
    expect(missingFor(demand, free)).toEqual([
      { resource: 'cores', asked: 3, free: 2 },
      { resource: 'gpus', asked: 2, free: 1 },
    ])
  })
})
