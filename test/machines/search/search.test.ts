import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allFree } from '../../../src/machines/placement/free.ts'
import { BALANCED_RESERVE, LONGEST_FIRST, PORTFOLIO } from '../../../src/machines/placement/rule/rule.ts'
import { createRollout } from '../../../src/machines/rollout/rollout.ts'
import { searchRule } from '../../../src/machines/search/search.ts'
import type { SearchTask } from '../../../src/machines/search/task.ts'
import { runsOr, seed } from '../../support/runs.ts'
import { optimum } from '../rollout/support/optimum.ts'
import { nodesArbitrary, restOf, waitsArbitrary } from '../rollout/support/rest.ts'

const parameters = { seed, numRuns: runsOr(60) }
const ruleArbitrary = fc.constantFrom(...PORTFOLIO, LONGEST_FIRST)

const taskArbitrary: fc.Arbitrary<SearchTask> = fc
  .record({
    nodes: nodesArbitrary,
    waiting: waitsArbitrary(25),
    inForce: ruleArbitrary,
    seed: fc.nat(),
    placements: fc.integer({ min: 0, max: 2000 }),
    factors: fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { maxLength: 3 }),
  })
  .map(({ nodes, waiting, factors, ...task }) => {
    const rest = restOf(nodes, waiting)
    const predicted = rest.buckets.flatMap(({ predictedS }) => Array.from(predictedS))
    const futures = factors.map(factor => ({
      pendingS: predicted.map((s, i) => s * factor ** (((i * 7) % 5) / 5 - 0.4)),
    }))
    return { ...task, rest, futures: [{}, ...futures], known: [], groupStarts: 0, leastGain: 0 }
  })

/** By what share a rule makes the rest shorter than the one in force does. */
function gainOf({ rest, futures, inForce }: SearchTask, rule: SearchTask['inForce']): number {
  const rollout = createRollout(rest)
  const shares = futures.map(
    future => rollout.run(rule, future).makespanS / rollout.run(inForce, future).makespanS,
  )
  return 1 - shares.reduce((sum, share) => sum + share, 0) / shares.length
}

describe(`a search for a better rule (seed ${seed})`, () => {
  it('finds the same in the same task', () => {
    fc.assert(
      fc.property(taskArbitrary, task => {
        expect(searchRule(structuredClone(task))).toEqual(searchRule(task))
      }),
      parameters,
    )
  })

  it('is never slower, in its own simulation, than the rule in force', () => {
    fc.assert(
      fc.property(taskArbitrary, task => {
        const found = searchRule(task)
        expect(found.gain).toBeGreaterThanOrEqual(0)
        expect(found.gain).toBeCloseTo(gainOf(task, found.rule), 9)
      }),
      parameters,
    )
  })

  it('stays within its budget, but for the rule in force', () => {
    fc.assert(
      fc.property(taskArbitrary, task => {
        const once = task.rest.buckets.reduce((sum, { predictedS }) => sum + predictedS.length, 0)
        const atLeast = once * task.futures.length
        expect(searchRule(task).placements).toBeLessThanOrEqual(Math.max(task.placements, atLeast))
      }),
      parameters,
    )
  })

  it('keeps the rule in force where none is better by the least gain', () => {
    fc.assert(
      fc.property(taskArbitrary, task => {
        const { rule, gain } = searchRule({ ...task, leastGain: 0.1 })
        if (rule !== task.inForce) expect(gain).toBeGreaterThan(0.1)
        else expect(gain).toBe(0)
      }),
      parameters,
    )
  })

  it('finds the shortest schedule of most tiny problems, and never one below it', () => {
    let [found, all] = [0, 0]
    fc.assert(
      fc.property(nodesArbitrary, waitsArbitrary(4), (nodes, waiting) => {
        const shortest = optimum(
          nodes.map(allFree),
          waiting.map(job => ({ ...job, priority: 0 })),
        )
        const rest = restOf(
          nodes,
          waiting.map(job => ({ ...job, priority: 0 })),
        )
        const task = {
          rest,
          futures: [{}],
          inForce: BALANCED_RESERVE,
          known: [],
          groupStarts: 0,
          placements: 1e4,
          leastGain: 0,
          seed: 1,
        }
        const restS = createRollout(rest).run(searchRule(task).rule).makespanS
        expect(restS).toBeGreaterThanOrEqual(shortest - 1e-9)
        all++
        if (restS < shortest + 1e-9) found++
      }),
      parameters,
    )
    expect(found / all).toBeGreaterThan(0.9)
  })
})
