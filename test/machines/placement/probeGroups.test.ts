import { describe, expect, it } from 'vitest'
import { policyFor } from '../../../src/machines/placement/policies.ts'
import { isPortfolio } from '../../../src/machines/search/portfolio.ts'
import { buildJob, buildNode, checkInvariants, simulateSystem } from '../../../src/testing/index.ts'

/** Jobs of two groups, a few long ones and many short ones of each. */
function jobsOfTwoGroups(number: number) {
  return ['a', 'b'].flatMap(group =>
    Array.from({ length: number }, (_, i) =>
      buildJob({ id: `${group}${i}`, group, timeS: 10 + i, threads: group === 'a' ? 1 : 2 }),
    ),
  )
}

/** The ids of the jobs in the order in which they were placed. */
function order(probeGroups: boolean, number: number): string[] {
  const system = simulateSystem({
    nodes: [buildNode({ threads: 4 })],
    policy: policyFor('longest-first', { groupStarts: 0, probeGroups }),
  })
  system.add(jobsOfTwoGroups(number))
  system.runAll(checkInvariants)
  expect(system.outcomes).toHaveLength(2 * number)
  return system.events.flatMap(event => (event.type === 'job.placed' ? [event.id] : []))
}

describe('probes of groups', () => {
  it('are two jobs of middling length of each group, placed before any other', () => {
    const placed = order(true, 400)
    for (const group of ['a', 'b'])
      for (const id of placed.filter(of => of.startsWith(group)).slice(0, 2)) {
        expect(Number(id.slice(1))).toBeGreaterThan(100)
        expect(Number(id.slice(1))).toBeLessThan(250)
      }
    expect(placed.slice(0, 20)).toContain('a399')
    expect(new Set(placed).size).toBe(800)
  })

  it('change nothing where they would cost more than a hundredth of the run', () => {
    expect(order(true, 4)).toEqual(order(false, 4))
  })

  it('leave a portfolio one whose rule can be replaced', () => {
    const policy = policyFor('portfolio', { probeGroups: true })
    if (!isPortfolio(policy)) throw new Error('expected a portfolio')
    policy.use({ ...policy.rule, name: 'another' })
    expect(policy.rule.name).toBe('another')
  })
})
