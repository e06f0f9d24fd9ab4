/** Measures Longshore, beside others where they are installed: `npm run bench`. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, Finding } from './bench.ts'
import { commands } from './commands.ts'
import { describe, writePage } from './core/page.ts'
import { ROOT } from './core/places.ts'
import { makeScratch } from './core/scratch.ts'
import { rowsOf, textTable } from './core/table.ts'
import { idle } from './idle.ts'
import { inline } from './inline.ts'
import { journal } from './journal.ts'
import { noop } from './noop.ts'
import { type Options, readOptions, USAGE, UsageError } from './options.ts'
import { startsOfPeers } from './peers/compare.ts'
import { setUpPeers } from './peers/setUp.ts'
import { sampling } from './sampling.ts'
import { simulator } from './simulator.ts'
import { sleeps } from './sleeps.ts'
import { start } from './start.ts'
import { lookAround, type Surroundings } from './surroundings.ts'
import { tasks } from './tasks.ts'

const BENCHES: readonly Bench[] = [
  start,
  noop,
  commands,
  tasks,
  inline,
  journal,
  sleeps,
  idle,
  sampling,
  simulator,
]
/** With more going on beside it, figures say little. */
const QUIET_LOAD = 0.7

async function main(): Promise<void> {
  const names = BENCHES.map(({ name }) => name)
  const options = readOptions(process.argv.slice(2), names)
  build()
  if (options.peers) setUpPeers(note)
  const around = lookAround()
  if (around.load > QUIET_LOAD)
    note(`the machine is busy (load ${around.load.toFixed(2)}): mind the ratios only`)
  const findings = await measure(options)
  tell(findings, around, options)
}

/** The package as it is installed: `dist/`. */
function build(): void {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: ROOT,
    stdio: [0, 2, 2],
  })
  if (status !== 0) note('the build has faults, see above: measured is what it made nevertheless')
}

async function measure({ names, rounds }: Options): Promise<Finding[]> {
  const chosen = BENCHES.filter(({ name }) => names.length === 0 || names.includes(name))
  const scratch = makeScratch()
  const findings: Finding[] = []
  try {
    for (const bench of chosen) findings.push(...(await runBench(bench, rounds, scratch)))
  } finally {
    // Only now: where it is on a disk, what is removed slows down what is made next.
    rmSync(scratch, { recursive: true, force: true })
  }
  return [...findings, ...startsOfPeers()]
}

async function runBench(bench: Bench, rounds: number, scratch: string): Promise<Finding[]> {
  note(`${bench.name} …`)
  const folder = join(scratch, bench.name)
  mkdirSync(folder)
  try {
    return await bench.run({ rounds, folder, note })
  } catch (error) {
    note(`${bench.name} failed: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
    return []
  }
}

function tell(findings: readonly Finding[], around: Surroundings, { json, write }: Options): void {
  if (json) console.log(JSON.stringify({ ...around, findings }, null, 2))
  else console.log(`\n${describe(around)}\n\n${textTable(rowsOf(findings))}`)
  if (write) note(`written: ${writePage(findings, around)}`)
}

function note(line: string): void {
  console.error(`bench: ${line}`)
}

try {
  await main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n\n${USAGE}`)
  process.exitCode = 2
}
