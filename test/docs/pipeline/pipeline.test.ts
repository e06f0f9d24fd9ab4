import fc from 'fast-check'
import { buildNode, checkInvariants, faultsBySeed, loseNodesBySeed, simulateSystem } from 'longshore/testing'
import { expect, test } from 'vitest'
import { createPipeline } from './pipeline.ts'

const NODE = buildNode({ threads: 8, ramGb: 32, gpus: 2, gpuRamGb: 24 })

test('four data sets take 66 minutes', () => {
  const system = simulateSystem({ nodes: [NODE] })
  const add = createPipeline(system)
  for (const dataset of ['a', 'b', 'c', 'd']) add(dataset)
  const makespanS = system.runAll(checkInvariants)
  expect(makespanS / 60).toBe(1 + 4 * 15 + 5)
})

test('a training follows each data set that could be prepared, and no other', () => {
  fc.assert(
    fc.property(fc.integer(), fc.subarray(['a', 'b', 'c', 'd']), (seed, datasets) => {
      const faults = { failRate: 0.2, killRate: 0.1, startFailureRate: 0.05, hangRate: 0.1, spread: 5 }
      const system = simulateSystem({ nodes: [NODE], play: faultsBySeed(seed, faults) })
      const add = createPipeline(system)
      for (const dataset of datasets) add(dataset)
      loseNodesBySeed(system, seed, { times: 3, everyS: 600, awayS: 120 })
      system.runAll(checkInvariants)

      const ended = new Map(system.outcomes.map(({ id, status }) => [id, status]))
      for (const dataset of datasets) {
        const trained = ended.get(`prepare-${dataset}`) === 'succeeded'
        expect(ended.has(`small-${dataset}`)).toBe(trained)
        expect(ended.has(`large-${dataset}`)).toBe(trained)
      }
    }),
  )
})
