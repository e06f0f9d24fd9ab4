import type { Bench, Finding, Setting } from './bench.ts'
import { atMost, finding } from './core/finding.ts'
import { measureSleepers, type Shares } from './core/sleepers.ts'

const COUNT = 100

/** What is used while nothing happens: 100 jobs sleep, RAM is sampled, a live view is drawn on a terminal. */
export const idle: Bench = {
  name: 'idle',
  async run({ folder, rounds, note }: Setting): Promise<Finding[]> {
    const shares: Shares[] = []
    for (let round = 1; round <= rounds; round++) {
      note(`10 seconds with ${COUNT} sleeping jobs (${round} of ${rounds})`)
      shares.push(await measureSleepers({ count: COUNT, live: true, folder }))
    }
    const what = `${COUNT} sleeping jobs, live view:`
    return [
      finding({
        what: `${what} scheduler and launchers, of one core`,
        unit: '%',
        figures: shares.map(({ scheduler, launchers }) => scheduler + launchers),
        goal: atMost(1),
      }),
      finding({
        what: `${what} the scheduler's process alone`,
        unit: '%',
        figures: shares.map(({ scheduler }) => scheduler),
      }),
    ]
  },
}
