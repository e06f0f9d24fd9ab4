/** A million waiting jobs of 50 shapes on 16 nodes: `npm run bench:scale`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { answerOf } from '../core/answerOf.ts'
import { textTable } from '../core/table.ts'
import { writeJobs } from './jobs.ts'
import type { Measured } from './measured.ts'

const USAGE = `npm run bench:scale -- [--jobs N]... [--ends N] [--nodes N] [--policy NAME] [--json]
  --jobs N       measure so many jobs (default: 10000, 100000 and 1000000, one after the other)
  --ends N       go on until so many jobs have ended (default: 20000, at most all)
  --nodes N      on so many nodes (default: 16); on more than 16 a further one is 26 times as large, and is lost
  --policy NAME  balanced-reserve (default) or longest-first
  --json         print one JSON object a line instead of a table`

const SIZES = ['10000', '100000', '1000000']

interface Options {
  readonly sizes: readonly number[]
  readonly ends: number
  readonly nodes: number
  readonly policy: string
  readonly json: boolean
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      jobs: { type: 'string', multiple: true, default: SIZES },
      ends: { type: 'string', default: '20000' },
      nodes: { type: 'string', default: '16' },
      policy: { type: 'string', default: 'balanced-reserve' },
      json: { type: 'boolean', default: false },
    },
  })
  return {
    sizes: values.jobs.map(Number),
    ends: Number(values.ends),
    nodes: Number(values.nodes),
    policy: values.policy,
    json: values.json,
  }
}

async function main(options: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'longshore-scale-'))
  const measured: Measured[] = []
  try {
    for (const size of options.sizes) {
      const found = await measure(folder, size, options)
      measured.push(found)
      if (options.json) console.log(JSON.stringify(found))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  if (!options.json) console.log(report(measured))
}

async function measure(folder: string, size: number, { ends, nodes, policy }: Options): Promise<Measured> {
  console.error(`bench:scale: ${size} jobs …`)
  const file = join(folder, 'jobs.jsonl')
  await writeJobs(file, size)
  const program = new URL('run.ts', import.meta.url).pathname
  return answerOf<Measured>([process.execPath, program, file, policy, `${Math.min(ends, size)}`, `${nodes}`])
}

function report(measured: readonly Measured[]): string {
  const head = ['', 'at most', ...measured.map(({ jobs }) => `${jobs} jobs`)]
  const row = (what: string, limit: string, figure: (of: Measured) => string) => [
    what,
    limit,
    ...measured.map(figure),
  ]
  const load = (loadavg()[0] ?? 0).toFixed(1)
  const table = textTable([
    head,
    row('read and checked, s', '', ({ read }) => read.wallS.toFixed(2)),
    row('added, s', '', ({ add }) => add.wallS.toFixed(2)),
    row('loaded, s', '12', ({ read, add }) => (read.wallS + add.wallS).toFixed(2)),
    row('loaded, CPU s', '', of => loadCpuS(of).toFixed(2)),
    row('the same / (n log2 n), ns', '', of => nsPerNLogN(of).toFixed(1)),
    row('a placement, us', '30', ({ steady }) => placementUs(steady).toFixed(1)),
    row('  decision', '', ({ steady }) => steady.decideUs.toFixed(1)),
    row('  ledger', '', ({ steady }) => steady.ledgerUs.toFixed(1)),
    row('  queue', '', ({ steady }) => steady.queueUs.toFixed(1)),
    row('the longest pass, ms', '5', ({ steady }) => steady.worstMs.toFixed(2)),
    row('a job in all, us of CPU', '', ({ steady }) => steady.jobUs.toFixed(0)),
    row('longest turn while read, CPU ms', '20', ({ read }) => read.turnCpuMs.toFixed(1)),
    row('longest turn while added, CPU ms', '20', ({ add }) => add.turnCpuMs.toFixed(1)),
    row('longest turn while filled, CPU ms', '20', ({ fill }) => fill.turnCpuMs.toFixed(1)),
    row('longest turn after that, CPU ms', '20', ({ steady }) => steady.turnCpuMs.toFixed(1)),
    row('held by perf_hooks, ms', '20', heldText),
    row('jobs of a lost node', '', ({ lost }) => `${lost.running}`),
    row('its loss, CPU ms', '50', ({ lost }) => lost.handledMs.toFixed(1)),
    row('resident, GiB', '1.2', ({ peakRssGb }) => peakRssGb.toFixed(2)),
  ])
  return `${table}\n\nLoad of the machine meanwhile: ${load}. With more than it has cores, figures by the clock say little.`
}

function loadCpuS({ read, add }: Measured): number {
  return read.cpuS + add.cpuS
}

function nsPerNLogN(measured: Measured): number {
  return (1e9 * loadCpuS(measured)) / (measured.jobs * Math.log2(measured.jobs))
}

function placementUs({ decideUs, ledgerUs, queueUs }: Measured['steady']): number {
  return decideUs + ledgerUs + queueUs
}

function heldText({ read, add, fill, steady }: Measured): string {
  return [read, add, fill, steady].map(({ heldMs }) => heldMs.toFixed(0)).join('/')
}

try {
  await main(readOptions())
} catch (error) {
  if (!(error instanceof TypeError)) throw error
  console.error(`bench:scale: ${error.message}\n\n${USAGE}`)
  process.exitCode = 2
}
