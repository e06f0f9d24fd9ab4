import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OpenNodes } from '../../../src/machines/scheduler/openNodes.ts'
import {
  buildJob,
  buildNode,
  faultsBySeed,
  type SimulatedSystem,
  simulateSystem,
} from '../../../src/testing/index.ts'
import { hushXState } from '../../support/hushXState.ts'
import { runsOr, seed } from '../../support/runs.ts'

hushXState()

const NAMES = ['a', 'b', 'c', 'd'] as const

function node(name: string) {
  return buildNode({ name, threads: 4, gpus: name === 'a' ? 2 : 0 })
}

/** What may happen to a run. */
const STEPS = {
  'goes on': ({ clock }: SimulatedSystem) => clock.step(),
  'goes on further': ({ clock }: SimulatedSystem) => clock.advance(20_000),
  'gets jobs': (system: SimulatedSystem) => {
    const { size } = system.state().jobs
    const job = (i: number) =>
      buildJob({ id: `j${size + i}`, timeS: 1 + (i % 7), threads: 1 + (i % 3), gpus: i % 2, gpuShare: 0.5 })
    system.add(Array.from({ length: 6 }, (_, i) => job(i)))
  },
  'loses a node': (system: SimulatedSystem, name: string) => system.loseNode(name),
  'gets a node': (system: SimulatedSystem, name: string) => system.joinNode(node(name)),
  'is left by a node': ({ actor }: SimulatedSystem, name: string) =>
    actor.send({ type: 'node.leave', node: name }),
  'hears nothing of a node': ({ actor }: SimulatedSystem, name: string) =>
    actor.send({ type: 'node.silent', node: name }),
  'hears of a node': ({ actor }: SimulatedSystem, name: string) =>
    actor.send({ type: 'node.heard', node: name }),
  'has a node short of RAM': ({ actor }: SimulatedSystem, name: string) =>
    actor.send({ type: 'node.short', node: name, availableGb: 1 }),
  'has a node with RAM again': ({ actor }: SimulatedSystem, name: string) =>
    actor.send({ type: 'node.eased', node: name, availableGb: 9 }),
  'is asked': () => {},
} as const

const steps = fc.array(
  fc.tuple(fc.constantFrom(...(Object.keys(STEPS) as (keyof typeof STEPS)[])), fc.constantFrom(...NAMES)),
  { maxLength: 40 },
)

/** As values, which are compared by what is in them. */
function shown(openNodes: OpenNodes, system: SimulatedSystem) {
  return openNodes.of(system.state()).map(({ name, capacity, free, held }) => ({
    ...{ name, capacity, free },
    held: held().map(({ grant }) => grant),
  }))
}

describe(`the nodes that take jobs (seed ${seed})`, () => {
  it('are after anything that happens what they are when all are looked at anew', () => {
    const property = fc.property(steps, fc.integer({ min: 1, max: 3 }), (happening, every) => {
      const system = simulateSystem({ nodes: NAMES.map(node), play: faultsBySeed(1, { failRate: 0.1 }) })
      system.start()
      const kept = new OpenNodes()
      for (const [i, [what, name]] of happening.entries()) {
        STEPS[what](system, name)
        // Not asked after each step: several changes may have come together.
        if (i % every !== 0) continue
        expect(shown(kept, system)).toEqual(shown(new OpenNodes(), system))
        expect(shown(system.state().openNodes, system)).toEqual(shown(kept, system))
      }
    })
    fc.assert(property, { seed, numRuns: runsOr(150) })
  })

  it('are the same values where nothing has changed there', () => {
    const system = simulateSystem({ nodes: NAMES.map(node) })
    system.start()
    const { openNodes } = system.state()
    const before = openNodes.of(system.state())
    expect(openNodes.of(system.state())).toBe(before)
    system.add(buildJob({ id: 'with a GPU', gpus: 1 }))
    system.clock.settle()
    const after = openNodes.of(system.state())
    expect(after.map((open, i) => open === before[i])).toEqual([false, true, true, true])
    expect(before[0]?.free.threads).toBe(4000)
  })
})
