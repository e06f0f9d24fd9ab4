/** How right the told remaining time is while durations are learned: `npm run bench:eta`. */
import { existsSync } from 'node:fs'
import { type Answer, askAll } from '../instances/pool.ts'
import { filesOf, madeOf, nameOf } from '../instances/source.ts'
import type { Judged, Task } from './judge.ts'
import { type Options, readOptions, USAGE, UsageError } from './options.ts'
import { jsonLine, table } from './table.ts'

/** Sizes of instances that are made. */
const SIZES = [100, 1000]

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  const tasks = tasksOf(options)
  const all: Judged[] = []
  let asked = 0
  const hear = ({ source }: Task, answer: Answer<Judged>): void => {
    if ('done' in answer) {
      all.push(answer.done)
      if (options.json) console.log(jsonLine(answer.done))
    } else {
      console.error(`bench:eta: ${nameOf(source)}: ${answer.error}`)
      process.exitCode = 1
    }
    if (++asked % 10 === 0 || asked === tasks.length)
      console.error(`bench:eta: ${asked} of ${tasks.length} runs`)
  }
  await askAll(new URL('child.ts', import.meta.url), tasks, options.workers, hear)
  if (!options.json && all.length > 0) console.log(table(all))
}

/** A folder that is not there is skipped, and that is said. */
function tasksOf({ folder, generated, probeGroups }: Options): Task[] {
  if (generated > 0)
    return madeOf({ seeds: generated, sizes: SIZES }).map(source => ({ source, probeGroups }))
  if (existsSync(folder)) return filesOf(folder).map(source => ({ source, probeGroups }))
  console.error(`bench:eta: no folder ${folder}: nothing is measured (--instances DIR names another)`)
  return []
}

try {
  await main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n\n${USAGE}`)
  process.exitCode = 2
}
