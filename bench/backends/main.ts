/** Measures Longshore on SLURM and Ray, beside these alone: `npm run bench:backends [slurm] [ray]`. */
import { rmSync } from 'node:fs'
import type { Finding } from '../bench.ts'
import { atLeast, atMost, finding } from '../core/finding.ts'
import { makeScratch } from '../core/scratch.ts'
import { rowsOf, textTable } from '../core/table.ts'
import { boundOf } from './bound.ts'
import type { Cluster, Engine, Played } from './engine.ts'
import { mixedJobs, NOOPS, noops } from './jobs.ts'
import { runLongshore } from './longshore.ts'
import { ray } from './ray.ts'
import { slurm } from './slurm.ts'

const ENGINES: readonly Engine[] = [slurm, ray]

/** A makespan above the lower bound by more than that is not near it. */
const MAKESPAN_GOAL = 1.03

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.find(name => !ENGINES.some(engine => engine.name === name))
  if (unknown !== undefined)
    throw new Error(`there is no engine ${unknown}; there are ${ENGINES.map(({ name }) => name)}`)
  const findings: Finding[] = []
  for (const engine of ENGINES.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const missing = await engine.missing()
    if (missing === null) findings.push(...(await measure(engine)))
    else note(`${engine.name} is skipped: ${missing}`)
  }
  console.log(textTable(rowsOf(findings)))
}

async function measure(engine: Engine): Promise<Finding[]> {
  const folder = makeScratch()
  const cluster = await engine.start()
  try {
    note(`${engine.name}: ${NOOPS} jobs that do nothing …`)
    const quick = await runLongshore(cluster, noops(), folder)
    note(`${engine.name}: the same on this machine alone …`)
    const here = await runLongshore(onThisMachine(cluster), noops(), folder)
    const jobs = mixedJobs()
    const bound = boundOf(jobs, cluster.nodes)
    note(
      `${engine.name}: ${jobs.length} mixed jobs, none faster than ${bound.seconds.toFixed(1)} s (${bound.by}) …`,
    )
    const ours = await runLongshore(cluster, jobs, folder)
    note(`${engine.name}: the same by ${engine.alone} alone …`)
    const alone = await cluster.alone(jobs)
    return findingsOf(engine, { quick, here, ours, alone, boundS: bound.seconds })
  } finally {
    await cluster.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Measured {
  readonly quick: Played
  readonly here: Played
  readonly ours: Played
  readonly alone: Played
  readonly boundS: number
}

function findingsOf(
  { name, alone: engine, firstGoalS }: Engine,
  { quick, here, ours, alone, boundS }: Measured,
): Finding[] {
  const against = { name: 'lower bound', figures: [boundS] }
  return [
    finding({
      what: `${name}: start to first job`,
      unit: 's',
      figures: [ours.firstS],
      goal: atMost(firstGoalS),
    }),
    finding({
      what: `${name}: jobs that do nothing`,
      unit: '/s',
      figures: [rateOf(quick)],
      goal: atLeast(NOOPS_GOAL),
      against: { name: 'this machine alone', figures: [rateOf(here)] },
    }),
    finding({
      what: `${name}: 500 mixed jobs, longshore`,
      unit: 's',
      figures: [ours.makespanS],
      goal: atMost(MAKESPAN_GOAL, 'ratio'),
      against,
    }),
    finding({
      what: `${name}: the same, from its first job on`,
      unit: 's',
      figures: [ours.makespanS - ours.firstS],
      against,
    }),
    finding({
      what: `${name}: 500 mixed jobs, ${engine} alone`,
      unit: 's',
      figures: [alone.makespanS],
      against,
    }),
  ]
}

const NOOPS_GOAL = 500

/** Jobs that do nothing, per second. */
function rateOf({ firstS, makespanS }: Played): number {
  return NOOPS / (makespanS - firstS)
}

/** As many of them at once, without an engine: what those who play the nodes could do at best. */
function onThisMachine({ nodes }: Cluster): Pick<Cluster, 'longshore'> {
  const sum = (of: 'threads' | 'ramGb') => nodes.reduce((total, node) => total + node[of], 0)
  const capacity = `threads=${sum('threads')},ramGb=${sum('ramGb')}`
  return { longshore: { args: ['--max-threads', `${sum('threads')}`, '--capacity', capacity], env: {} } }
}

function note(line: string): void {
  console.error(`bench:backends: ${line}`)
}

await main(process.argv.slice(2))
