import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environmentOf, longshoreRun } from '../core/longshore.ts'
import type { Cluster, Played } from './engine.ts'
import type { BenchJob } from './jobs.ts'

/** Runs the jobs by `longshore run` on a cluster, as a user would. Throws where one of them did not succeed. */
export async function runLongshore(
  { longshore }: Pick<Cluster, 'longshore'>,
  jobs: readonly BenchJob[],
  folder: string,
): Promise<Played> {
  const file = join(folder, 'jobs.jsonl')
  writeFileSync(file, jobs.map(job => `${JSON.stringify(specOf(job))}\n`).join(''))
  const words = longshoreRun(folder, file, ...longshore.args, '--reports', 'none', '--no-history')
  const [program = '', ...args] = words
  const startedAt = Date.now()
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...environmentOf('built'), ...longshore.env },
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`longshore ended with status ${code}`)
  return playedOf(words[words.indexOf('--run-dir') + 1] ?? '', startedAt)
}

function specOf({ id, seconds, threads, ramGb, gpus, gpuShare }: BenchJob) {
  const command = seconds === 0 ? ['true'] : ['sleep', `${seconds}`]
  return { id, command, timeS: Math.max(0.01, seconds), threads, ramGb, gpus, ...(gpus > 0 && { gpuShare }) }
}

function playedOf(runDir: string, startedAt: number): Played {
  const outcomes = readFileSync(join(runDir, 'results.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { startedAt: number; durationS: number })
  const starts = outcomes.map(one => one.startedAt)
  const ends = outcomes.map(one => one.startedAt + one.durationS * 1000)
  return {
    firstS: (starts.reduce((least, at) => Math.min(least, at)) - startedAt) / 1000,
    makespanS: (ends.reduce((most, at) => Math.max(most, at)) - startedAt) / 1000,
  }
}
