import type { Bench, Finding, Setting } from './bench.ts'
import { atMost, finding } from './core/finding.ts'
import { interleave } from './core/interleave.ts'
import { runProgram } from './core/longshore.ts'
import { timeProcess } from './core/timeProcess.ts'

const COUNT = 480
const SLOTS = 16
const SLEEP_S = 0.1
const IDEAL_S = (COUNT / SLOTS) * SLEEP_S

/** How much is lost between jobs: commands that sleep, from the first placement to the end, by the ideal time. */
export const sleeps: Bench = {
  name: 'sleeps',
  async run({ folder, rounds }: Setting): Promise<Finding[]> {
    const input = `${SLEEP_S}\n`.repeat(COUNT)
    const { ours, xargs } = await interleave(
      {
        ours: async () => (await runProgram('sleeps', folder, `${COUNT}`)).placedToEndS / IDEAL_S,
        xargs: async () =>
          (await timeProcess(['xargs', `-P${SLOTS}`, '-n1', 'sleep'], { input })).endS / IDEAL_S,
      },
      rounds,
    )
    return [
      finding({
        what: `${COUNT} × sleep ${SLEEP_S} on ${SLOTS} slots, by the ideal ${IDEAL_S.toFixed(1)} s`,
        unit: '×',
        figures: ours,
        goal: atMost(1.04),
        against: { name: `xargs -P${SLOTS}`, figures: xargs },
      }),
    ]
  },
}
