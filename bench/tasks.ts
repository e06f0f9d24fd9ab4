import type { Bench, Finding, Setting } from './bench.ts'
import { atLeast, finding } from './core/finding.ts'
import { interleave } from './core/interleave.ts'
import { runProgram } from './core/longshore.ts'
import { findingsOfPeers, peersFor } from './peers/compare.ts'

const COUNT = 20_000

/** Tasks that return at once, in two workers: what handing them out and taking them back costs. */
export const tasks: Bench = {
  name: 'tasks',
  async run(setting: Setting): Promise<Finding[]> {
    const { folder, rounds, note } = setting
    const others = peersFor('tasks', COUNT, setting)
    note(`${COUNT} tasks: ${['Longshore', ...Object.keys(others)].join(', ')}`)
    const run = async (): Promise<number> => COUNT / (await runProgram('tasks', folder, `${COUNT}`)).totalS
    const { run: figures, ...theirs } = await interleave({ run, ...others }, rounds)
    const what = `${COUNT} tasks that return at once, 2 workers`
    const goal = atLeast(10_000)
    return [
      finding({ what: `${what}, from add() to the end`, unit: '/s', figures, goal }),
      ...findingsOfPeers(what, theirs, { name: 'Longshore', figures }),
    ]
  },
}
