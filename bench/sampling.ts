import type { Bench, Finding, Setting } from './bench.ts'
import { atMost, finding } from './core/finding.ts'
import { measureSleepers } from './core/sleepers.ts'

const COUNT = 200

/** What it costs to sample the RAM of 200 processes: the launchers do nothing else while all jobs sleep. */
export const sampling: Bench = {
  name: 'sampling',
  async run({ folder, rounds, note }: Setting): Promise<Finding[]> {
    const figures: number[] = []
    for (let round = 1; round <= rounds; round++) {
      note(`10 seconds with ${COUNT} sleeping jobs (${round} of ${rounds})`)
      figures.push((await measureSleepers({ count: COUNT, live: false, folder })).launchers)
    }
    return [
      finding({
        what: `RAM of ${COUNT} processes sampled, of one core`,
        unit: '%',
        figures,
        goal: atMost(2),
      }),
    ]
  },
}
