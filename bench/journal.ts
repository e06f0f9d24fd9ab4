import type { Bench, Finding, Setting } from './bench.ts'
import { atMost, finding } from './core/finding.ts'
import { interleave } from './core/interleave.ts'
import { runProgram } from './core/longshore.ts'

const COUNTS = { commands: 1000, tasks: 10_000, inline: 20_000 } as const

/** What it costs to write down what happens, in time and room: the same jobs with a journal and without. */
export const journal: Bench = {
  name: 'journal',
  async run(setting: Setting): Promise<Finding[]> {
    const findings: Finding[] = []
    for (const kind of ['commands', 'tasks', 'inline'] as const)
      findings.push(...(await costOf(kind, setting)))
    return [...findings, await takeOverOf(setting)]
  },
}

const ENDED = 100_000

/** How long it takes until a run of an earlier scheduler is known: jobs can then be placed. */
async function takeOverOf({ folder, rounds, note }: Setting): Promise<Finding> {
  note(`taking over a run with ${ENDED} ended and ${ENDED / 100} running jobs`)
  const once = async () => (await runProgram('resume', folder, `${ENDED}`)).totalS
  const { figures } = await interleave({ figures: once }, rounds)
  const what = `taking over a run with ${ENDED} ended and ${ENDED / 100} running jobs`
  return finding({ what, unit: 's', figures, goal: atMost(2) })
}

async function costOf(kind: keyof typeof COUNTS, { folder, rounds, note }: Setting): Promise<Finding[]> {
  const count = COUNTS[kind]
  note(`${count} × ${kind}, with a journal and without`)
  const sizes: number[] = []
  const runs = (...args: string[]) => {
    return async () => {
      const { totalS, journalBytes = 0 } = await runProgram(kind, folder, `${count}`, ...args)
      if (journalBytes > 0) sizes.push(journalBytes)
      return count / totalS
    }
  }
  const { on, off } = await interleave({ on: runs(), off: runs('no-journal') }, rounds)
  const against = { name: 'without a journal', figures: off }
  const what = `${count} ${kind} with a journal, from add() to the end`
  return [
    finding({ what, unit: '/s', figures: on, against }),
    finding({ what: `journal of ${count} ${kind}, for each`, unit: 'B', figures: sizes, goal: atMost(1024) }),
  ]
}
