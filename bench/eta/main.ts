/** How right the told remaining time is while durations are learned: `npm run bench:eta`. */
import { endTimeNow } from '../../src/machines/eta/simulate.ts'
import { policyFor } from '../../src/machines/placement/policies.ts'
import { remainingOf } from '../../src/machines/scheduler/picture.ts'
import { uncertainRestOf } from '../../src/machines/scheduler/rest.ts'
import { FAMILIES } from '../instances/families.ts'
import { generate } from '../instances/generate.ts'
import type { Instance } from '../instances/instance.ts'
import { readInstances } from '../instances/read.ts'
import { ask, type Estimate } from './ask.ts'
import { type Options, readOptions, USAGE, UsageError } from './options.ts'
import { scoreOf } from './score.ts'
import { type Judged, jsonLine, table } from './table.ts'

/** The largest of the lower bounds on what is left, each job at its expected duration. */
const area: Estimate = state => ({ told: remainingOf(state).remainingS, interval: null })

/** What Longshore tells: the median of simulated ends, and their 80 % interval. */
const simulated: Estimate = state => {
  const { rule } = state.ports.policy
  const end = endTimeNow(uncertainRestOf(state), rule && { rule })
  if (end === null) throw new Error('a job of the instance fits on no node')
  return { told: end.expectedS, interval: [end.lowS, end.highS] }
}

function main(): void {
  const { folder, generated, json, probeGroups } = readOptions(process.argv.slice(2))
  const instances = generated > 0 ? generateAll(generated) : readInstances(folder)
  if (instances === null) {
    console.error(`bench:eta: no folder ${folder}: nothing is measured (--instances DIR names another)`)
    return
  }
  const judged: Judged[] = []
  for (const instance of instances) {
    judged.push(judge(instance, { json, probeGroups }))
    if (judged.length % 10 === 0) console.error(`bench:eta: ${judged.length} runs`)
  }
  if (!json) console.log(table(judged))
}

const SIZES = [100, 1000]

function* generateAll(seeds: number): Iterable<Instance> {
  for (const family of Object.keys(FAMILIES))
    for (const size of SIZES) for (let seed = 1; seed <= seeds; seed++) yield generate(family, size, seed)
}

function judge(instance: Instance, { json, probeGroups }: Pick<Options, 'json' | 'probeGroups'>): Judged {
  const policy = () => policyFor('portfolio', { probeGroups })
  const { makespanS, tellings } = ask(instance, [area, simulated], policy)
  const [byArea = [], bySimulation = []] = tellings
  const judged = { instance, makespanS, area: scoreOf(byArea), simulated: scoreOf(bySimulation) }
  if (json) console.log(jsonLine(judged))
  return judged
}

try {
  main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n\n${USAGE}`)
  process.exitCode = 2
}
