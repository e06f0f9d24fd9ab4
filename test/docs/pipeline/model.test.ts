import fc from 'fast-check'
import {
  buildNode,
  checkInvariants,
  faultsBySeed,
  type SimulatedSystem,
  simulateSystem,
} from 'longshore/testing'
import { expect, test } from 'vitest'
import { createPipeline, trainings } from './pipeline.ts'

/** What should be, in a few words: which data sets were asked for, and what somebody cancelled in time. */
interface Model {
  datasets: string[]
  cancelled: Set<string>
}

/** What is tested: the system, and the pipeline that adds to it. */
interface Real {
  system: SimulatedSystem
  add(dataset: string): void
}
type Command = fc.Command<Model, Real>

const NODE = buildNode({ threads: 8, ramGb: 32, gpus: 2, gpuRamGb: 24 })

/** A command of a title and what it does; the invariants are checked after it. */
function command(title: string, act: (model: Model, real: Real) => void): Command {
  return {
    check: () => true,
    run(model, real) {
      act(model, real)
      checkInvariants(real.system)
    },
    toString: () => title,
  }
}

const add = () =>
  command('add', (model, { add }) => {
    const dataset = `d${model.datasets.length}`
    model.datasets.push(dataset)
    add(dataset)
  })

const pass = (seconds: number) =>
  command(`pass ${seconds} s`, (_, { system }) => system.clock.advance(seconds * 1000))

const cancelSmall = (nth: number) =>
  command(`cancel the small training ${nth}`, (model, { system }) => {
    const id = `small-d${nth}`
    const waitsOrRuns = system.events.some(event => event.type === 'job.placed' && event.id === id)
    const ended = system.outcomes.some(outcome => outcome.id === id)
    if (waitsOrRuns && !ended) model.cancelled.add(id)
    if (waitsOrRuns) system.cancel(id)
  })

const loseNode = () =>
  command('lose the node for a moment', (_, { system }) => {
    system.loseNode(NODE.name)
    system.joinNode(NODE)
  })

const commands = fc.commands([
  fc.constant(null).map(add),
  fc.nat(2000).map(pass),
  fc.nat(3).map(cancelSmall),
  fc.constant(null).map(loseNode),
])

test('every training ends as it should, whatever happens and in whatever order', () => {
  fc.assert(
    fc.property(commands, fc.integer(), (steps, seed) => {
      const play = faultsBySeed(seed, { failRate: 0.3, hangRate: 0.1, ignoreTermRate: 0.5, spread: 3 })
      const system = simulateSystem({ nodes: [NODE], play })
      const model: Model = { datasets: [], cancelled: new Set() }
      const add = createPipeline(system)
      system.start()
      fc.modelRun(() => ({ model, real: { system, add } }), steps)
      system.runAll(checkInvariants)

      const ended = new Map(system.outcomes.map(({ id, status }) => [id, status]))
      for (const dataset of model.datasets) {
        const prepared = ended.get(`prepare-${dataset}`) === 'succeeded'
        for (const { id } of trainings(dataset)) {
          const name = String(id)
          expect(ended.has(name)).toBe(prepared)
          expect(ended.get(name) === 'cancelled').toBe(model.cancelled.has(name))
        }
      }
    }),
  )
})
