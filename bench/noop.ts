import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, Finding, Setting } from './bench.ts'
import { atMost, finding } from './core/finding.ts'
import { interleave } from './core/interleave.ts'
import { environmentOf, longshoreRun } from './core/longshore.ts'
import { NOOP } from './core/places.ts'
import { timeProcess } from './core/timeProcess.ts'

const COUNT = 1000

/** A thousand tasks that do nothing, a thread each: the whole process, from its start to its exit. */
export const noop: Bench = {
  name: 'noop',
  async run({ folder, rounds }: Setting): Promise<Finding[]> {
    const file = join(folder, 'noop.jsonl')
    writeFileSync(file, `${JSON.stringify({ task: NOOP })}\n`.repeat(COUNT))
    const once = (): Promise<number> => wholeProcess(folder, file)
    await once()
    const { figures } = await interleave({ figures: once }, rounds)
    return [
      finding({
        what: `${COUNT} tasks that do nothing, the whole process`,
        unit: 's',
        figures,
        goal: atMost(1),
      }),
    ]
  },
}

async function wholeProcess(folder: string, file: string): Promise<number> {
  const run = longshoreRun(folder, '--reports', 'none', file)
  const { endS } = await timeProcess(run, { env: environmentOf('built') })
  return endS
}
