import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, Finding, Setting } from './bench.ts'
import { atLeast, finding } from './core/finding.ts'
import { interleave } from './core/interleave.ts'
import { environmentOf, longshoreRun, runProgram } from './core/longshore.ts'
import { timeProcess } from './core/timeProcess.ts'
import { findingsOfPeers, peersFor } from './peers/compare.ts'
import { xargs } from './peers/xargs.ts'

const COUNT = 2000

/** Commands that end at once, two at a time, beside `xargs`, which starts processes and does nothing else. */
export const commands: Bench = {
  name: 'commands',
  async run(setting: Setting): Promise<Finding[]> {
    const { folder, rounds, note } = setting
    const others = peersFor('commands', COUNT, setting)
    note(`${COUNT} × /bin/true: Longshore, ${Object.keys(others).join(', ')}`)
    const ours = { api: viaApi(folder), process: viaCommandLine(folder) }
    const {
      api,
      process: whole,
      ...figures
    }: Record<string, number[]> = await interleave({ ...ours, ...others }, rounds)
    const against = { name: xargs.name, figures: figures[xargs.name] ?? [] }
    const what = `${COUNT} × /bin/true, 2 slots`
    const goal = atLeast(0.5, 'ratio')
    return [
      finding({ what: `${what}, from add() to the end`, unit: '/s', figures: api ?? [], goal, against }),
      finding({ what: `${what}, the whole process`, unit: '/s', figures: whole ?? [], goal, against }),
      ...findingsOfPeers(what, figures, against),
    ]
  },
}

function viaApi(folder: string) {
  return async (): Promise<number> => COUNT / (await runProgram('commands', folder, `${COUNT}`)).totalS
}

/** As for xargs, all counts from the start of the program to its exit. */
function viaCommandLine(folder: string) {
  const file = join(folder, 'true.jsonl')
  writeFileSync(file, `${JSON.stringify({ command: ['/bin/true'] })}\n`.repeat(COUNT))
  return async (): Promise<number> => {
    const run = longshoreRun(folder, '--capacity', 'threads=2', '--reports', 'none', file)
    return COUNT / (await timeProcess(run, { env: environmentOf('built') })).endS
  }
}
