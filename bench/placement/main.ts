/** How near policies come to the shortest makespan there can be: `npm run bench:placement`. */
import { existsSync } from 'node:fs'
import { type Answer, askAll } from '../instances/pool.ts'
import { nameOf } from '../instances/source.ts'
import { type Options, readOptions, USAGE, UsageError } from './options.ts'
import type { Played } from './play.ts'
import { jsonLine, table } from './table.ts'
import { type Task, tasksOf } from './task.ts'

async function main(): Promise<void> {
  const options = withFolder(readOptions(process.argv.slice(2)))
  const tasks = tasksOf(options)
  const all: Played[] = []
  let asked = 0
  const hear = (task: Task, answer: Answer<Played>): void => {
    if ('done' in answer) {
      all.push(answer.done)
      if (options.json) console.log(jsonLine(answer.done))
    } else {
      console.error(`bench:placement: ${nameOf(task.source)}, ${task.policy}: ${answer.error}`)
      process.exitCode = 1
    }
    tellProgress(++asked, tasks.length)
  }
  await askAll(new URL('child.ts', import.meta.url), tasks, options.workers, hear)
  if (!options.json && all.length > 0) console.log(table(all))
}

/** A folder that is not there is skipped, and that is said. */
function withFolder(options: Options): Options {
  const { folder } = options
  if (folder === null || existsSync(folder)) return options
  console.error(`bench:placement: no folder ${folder}: it is skipped (--instances DIR names another)`)
  return { ...options, folder: null }
}

function tellProgress(done: number, all: number): void {
  if (done % 25 === 0 || done === all) console.error(`bench:placement: ${done} of ${all} runs`)
}

try {
  await main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n\n${USAGE}`)
  process.exitCode = 2
}
