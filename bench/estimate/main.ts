/** How right predicted durations are while they are learned, and what that costs: `npm run bench:estimate`. */
import { textTable } from '../core/table.ts'
import { readOptions, UsageError } from '../eta/options.ts'
import { FAMILIES } from '../instances/families.ts'
import { generate } from '../instances/generate.ts'
import type { Instance } from '../instances/instance.ts'
import { readInstances } from '../instances/read.ts'
import { ask, mean, type Score, SHARES } from './ask.ts'
import { costOf } from './cost.ts'

const USAGE = `npm run bench:estimate -- [--instances DIR | --generated SEEDS] [--json]
  --instances DIR  read instances from this folder (default ../shared/instances)
  --generated N    make instances of the project's own instead, by N seeds
  --json           print one JSON object a line instead of a table`

const SIZES = [100, 1000]

function main(): void {
  const { folder, generated, json } = readOptions(process.argv.slice(2))
  const instances = generated > 0 ? generateAll(generated) : readInstances(folder)
  if (instances === null) {
    console.error(`bench:estimate: no folder ${folder}: nothing is measured (--instances DIR names another)`)
    return
  }
  const asked = Array.from(instances, instance => ({ instance, scores: ask(instance) }))
  if (json)
    for (const { instance, scores } of asked)
      console.log(JSON.stringify({ instance: instance.name, ...Object.fromEntries(scores) }))
  else console.log(`${table(asked)}\n\n${costs()}`)
}

function* generateAll(seeds: number): Iterable<Instance> {
  for (const family of Object.keys(FAMILIES))
    for (const size of SIZES) for (let seed = 1; seed <= seeds; seed++) yield generate(family, size, seed)
}

interface Asked {
  readonly instance: Instance
  readonly scores: ReadonlyMap<string, readonly Score[]>
}

/** Means over the instances of a size: error, bias and coverage at each share of jobs that have ended. */
function table(asked: readonly Asked[]): string {
  const sizes = [...Map.groupBy(asked, ({ instance }) => (instance.name.includes('-1000-') ? 1000 : 100))]
  const rows = sizes
    .sort(([a], [b]) => a - b)
    .flatMap(([size, of]) => [...(of[0]?.scores.keys() ?? [])].flatMap(name => rowsOf(size, name, of)))
  return textTable([['n', 'predicted', 'figure', ...SHARES.map(share => `${share * 100} %`)], ...rows])
}

function rowsOf(size: number, name: string, asked: readonly Asked[]): string[][] {
  const at = (figure: (score: Score) => number | null) =>
    SHARES.map((_, i) => {
      const seen = asked
        .flatMap(({ scores }) => scores.get(name)?.slice(i, i + 1) ?? [])
        .flatMap(score => figure(score) ?? [])
      return seen.length > 0 ? mean(seen).toFixed(3) : ''
    })
  const coverage = at(score => score.coverage80)
  return [
    [String(size), name, 'error', ...at(score => score.error)],
    ['', '', 'bias', ...at(score => score.bias)],
    ...(coverage.some(cell => cell !== '') ? [['', '', 'coverage', ...coverage]] : []),
  ]
}

function costs(): string {
  const rows = [
    costOf(10_000, 100),
    costOf(100_000, 100),
    costOf(100_000, 1000),
    costOf(1_000_000, 1000),
  ].map(({ jobs, running, perJobUs, perPredictionUs }) => [
    String(jobs),
    String(running),
    perJobUs.toFixed(2),
    perPredictionUs.toFixed(2),
  ])
  return textTable([['jobs', 'side by side', 'µs a job', 'µs a prediction'], ...rows])
}

try {
  main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n\n${USAGE}`)
  process.exitCode = 2
}
