import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createTrustingEstimator } from '../../../src/machines/estimate/trusting.ts'
import type { Policy } from '../../../src/machines/placement/policy.ts'
import { LONGEST_FIRST, PORTFOLIO } from '../../../src/machines/placement/rule/rule.ts'
import { rulePolicy } from '../../../src/machines/placement/rulePolicy.ts'
import { randomOf } from '../../../src/simulator/random.ts'
import { buildJob, buildNode, type SimulatedSystem, simulateSystem } from '../../../src/testing/index.ts'
import { hushXState } from '../../support/hushXState.ts'
import { runsOr, seed } from '../../support/runs.ts'

hushXState()

const NAMES = ['a', 'b', 'c'] as const

function node(name: string) {
  return buildNode({ name, threads: name === 'b' ? 6 : 4, ramGb: 20, gpus: name === 'a' ? 2 : 0 })
}

/** Jobs that are told apart by their seconds, so that no two keys are the same but for rounding. */
function jobs(system: SimulatedSystem, number: number) {
  const { size } = system.state().jobs
  return Array.from({ length: number }, (_, i) => {
    const n = size + i
    const of = (what: string, from: readonly number[]) =>
      from[Math.floor(randomOf(1, what, n) * from.length)] ?? 0
    return buildJob({
      id: `j${n}`,
      timeS: 1 + Math.floor(300 * randomOf(1, 'time', n) ** 2) + n / 1024,
      group: `g${n % 3}`,
      priority: of('priority', [0, 0, 0, 1]),
      threads: of('threads', [1, 1, 2, 3, 4]),
      ramGb: of('ram', [0, 1, 7]),
      gpus: of('gpus', [0, 0, 1]),
      gpuShare: of('share', [0.5, 1]),
      physicalCores: of('cores', [0, 0, 0, 2]),
    })
  })
}

const STEPS: readonly ((system: SimulatedSystem, name: string) => void)[] = [
  system => system.clock.step(),
  system => system.clock.step(),
  system => system.clock.advance(30_000),
  system => system.add(jobs(system, 4)),
  system => system.cancel(`j${Math.floor(system.state().jobs.size / 2)}`),
  (system, name) => system.loseNode(name),
  (system, name) => system.joinNode(node(name)),
  (system, name) => system.actor.send({ type: 'node.silent', node: name }),
  (system, name) => system.actor.send({ type: 'node.heard', node: name }),
]

it(`decides by what it has kept of earlier passes as one that sees all for the first time (seed ${seed})`, () => {
  const steps = fc.array(fc.tuple(fc.nat(STEPS.length - 1), fc.constantFrom(...NAMES)), { maxLength: 40 })
  const rule = fc.constantFrom(...PORTFOLIO, LONGEST_FIRST)
  const property = fc.property(steps, rule, (happening, one) => {
    const kept = rulePolicy(one)
    const compared: Policy = {
      name: one.name,
      decide(situation) {
        const fresh = rulePolicy(one).decide(situation)
        const decisions = kept.decide(situation)
        expect(decisions).toEqual(fresh)
        return decisions
      },
    }
    const estimator = createTrustingEstimator()
    const system = simulateSystem({ nodes: NAMES.map(node), policy: compared, estimator })
    const warnings: unknown[] = []
    system.events$.subscribe(event => event.type === 'warning' && warnings.push(event))
    system.add(jobs(system, 30))
    system.start()
    for (const [step, name] of happening) STEPS[step]?.(system, name)
    for (let i = 0; i < 40; i++) system.clock.step()
    // A policy that throws is replaced, and that is told.
    expect(warnings).toEqual([])
  })
  fc.assert(property, { seed, numRuns: runsOr(100) })
})
