import type { Bench, Finding, Setting } from './bench.ts'
import { atMost, finding } from './core/finding.ts'
import { interleave } from './core/interleave.ts'
import { type Edition, environmentOf, longshoreRun } from './core/longshore.ts'
import { timeProcess } from './core/timeProcess.ts'

/** A process of Node that does nothing: no program in Node starts faster. */
const BARE = 'node -e 0'

/** How long `longshore run` takes for one job that does nothing: to its placement, and to the end of the process. */
export const start: Bench = {
  name: 'start',
  async run({ folder, rounds }: Setting): Promise<Finding[]> {
    const placed: Record<Edition, number[]> = { built: [], source: [] }
    const one = async (edition: Edition): Promise<number> => {
      const { endS, markS } = await startOne(folder, edition)
      placed[edition].push(markS)
      return endS
    }
    // The first start fills Node's compile cache.
    for (const edition of ['built', 'source'] as const) await startOne(folder, edition)
    const { built, source, bare } = await interleave(
      {
        built: () => one('built'),
        source: () => one('source'),
        bare: async () => (await timeProcess([process.execPath, '-e', '0'])).endS,
      },
      rounds * 3,
    )
    const against = { name: BARE, figures: bare }
    return [
      figure('built package, to the first placement', placed.built, 0.35, against),
      figure('built package, to the end', built, 0.45, against),
      figure('from source, to the first placement', placed.source, 0.7, against),
      figure('from source, to the end', source, 0.9, against),
    ]
  },
}

function startOne(folder: string, edition: Edition) {
  return timeProcess(longshoreRun(folder, '--reports', 'json', '--', '/bin/true'), {
    env: environmentOf(edition),
    mark: '"type":"job.placed"',
  })
}

function figure(
  what: string,
  figures: readonly number[],
  limitS: number,
  against: { name: string; figures: readonly number[] },
): Finding {
  return finding({ what: `one job, ${what}`, unit: 's', figures, goal: atMost(limitS), against })
}
