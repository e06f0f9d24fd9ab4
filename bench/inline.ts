import type { Bench, Finding, Setting } from './bench.ts'
import { atLeast, finding } from './core/finding.ts'
import { interleave } from './core/interleave.ts'
import { runProgram } from './core/longshore.ts'

const COUNT = 20_000

/** Functions in the scheduler's own process that return at once, two at a time. */
export const inline: Bench = {
  name: 'inline',
  async run({ folder, rounds }: Setting): Promise<Finding[]> {
    const once = async (): Promise<number> => COUNT / (await runProgram('inline', folder, `${COUNT}`)).totalS
    const { figures } = await interleave({ figures: once }, rounds)
    return [
      finding({ what: `${COUNT} inline functions, 2 slots`, unit: '/s', figures, goal: atLeast(20_000) }),
    ]
  },
}
