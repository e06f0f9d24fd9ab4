import type { Bench, Finding, Setting } from './bench.ts'
import { answerOf } from './core/answerOf.ts'
import { atMost, finding } from './core/finding.ts'

/** What `programs/simulate.ts` answers: seconds of CPU time of its whole process, and GiB. */
interface Simulated {
  readonly cpuS: number
  readonly peakGb: number
}

/** How long a simulation takes, with the loading of the code and the making of the jobs, and how much memory. */
export const simulator: Bench = {
  name: 'simulator',
  async run({ rounds }: Setting): Promise<Finding[]> {
    const small = await measure(10_000, 16, rounds)
    return [
      finding({
        what: '10,000 simulated jobs on 16 nodes, CPU time',
        unit: 's',
        figures: small.map(({ cpuS }) => cpuS),
        goal: atMost(2),
      }),
      finding({
        what: '10,000 simulated jobs on 16 nodes, memory',
        unit: 'GiB',
        figures: small.map(({ peakGb }) => peakGb),
      }),
    ]
  },
}

async function measure(jobs: number, nodes: number, rounds: number): Promise<Simulated[]> {
  const program = new URL('programs/simulate.ts', import.meta.url).pathname
  const found: Simulated[] = []
  for (let round = 0; round < rounds; round++)
    found.push(await answerOf<Simulated>([process.execPath, program, `${jobs}`, `${nodes}`]))
  return found
}
