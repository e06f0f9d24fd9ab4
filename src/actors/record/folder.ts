import { existsSync, readdirSync, rmdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { InvalidOptionsError } from '../../errors.ts'
import type { JobPaths, Placement } from '../../job.ts'
import { logName } from '../../logName.ts'
import { makeFolder } from '../makeFolder.ts'

/** Where runs stand that were given no folder of their own, in the working folder. */
export const RUNS = 'longshore-runs'

/**
 * Makes the folder of a run, for its user alone (mode 0700), and returns its absolute path. Without a name it is
 * `longshore-runs/` and the local date. One that holds the journal of a run is gone on with. Throws an
 * `InvalidOptionsError` where it cannot be made, or holds a run without a journal.
 */
export function makeRunFolder(name: string | undefined, now: number): string {
  return name === undefined ? makeDatedFolder(now) : makeNamedFolder(resolve(name))
}

function makeNamedFolder(path: string): string {
  if (existsSync(join(path, 'results.jsonl')) && !existsSync(join(path, 'journal.sqlite'))) {
    const message = `${path} holds a run that has no journal, so it cannot be gone on with: choose another folder`
    throw new InvalidOptionsError([{ where: 'runDir', message }])
  }
  make(path)
  return path
}

/**
 * The folder of a run that is there: a path, or the name of one in `longshore-runs/`; by itself the latest one there.
 * Throws an `InvalidOptionsError` where there is none.
 */
export function findRunFolder(name: string | undefined): string {
  const candidates = name === undefined ? latestRuns() : [resolve(name), resolve(RUNS, name)]
  const found = candidates.find(path => existsSync(join(path, 'journal.sqlite')))
  if (found !== undefined) return found
  const what = name === undefined ? `in ${resolve(RUNS)}` : `in ${resolve(name)}`
  throw new InvalidOptionsError([{ where: 'runDir', message: `no run with a journal ${what}` }])
}

/** The runs in `longshore-runs/` of the working folder, the latest first. */
export function latestRuns(): string[] {
  const folder = resolve(RUNS)
  if (!existsSync(folder)) return []
  // Whoever only looks at a run changes its folder, but not its journal.
  const began = (path: string) =>
    statSync(join(path, 'journal.sqlite'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return readdirSync(folder)
    .map(name => join(folder, name))
    .sort((a, b) => began(b) - began(a))
}

function makeDatedFolder(now: number): string {
  const path = datedFolder(now)
  make(path)
  return path
}

/** `longshore-runs/` and the local date, absolute: where nothing is yet. */
export function datedFolder(now: number): string {
  const date = localDate(now)
  for (let count = 1; ; count++) {
    const path = resolve(RUNS, count === 1 ? date : `${date}-${count}`)
    if (!existsSync(path)) return path
  }
}

function make(path: string): void {
  try {
    makeFolder(join(path, 'logs'))
  } catch (cause) {
    const why = whyNot(path) ?? (cause instanceof Error ? cause.message : String(cause))
    throw new InvalidOptionsError([{ where: 'runDir', message: `cannot make the folder ${path}: ${why}` }])
  }
}

/** What stands in the way of a folder: a file of its own name, or of that of a folder above it. */
function whyNot(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found !== undefined) return found.isDirectory() ? null : `${path} is a file`
  const above = dirname(path)
  return above === path ? null : whyNot(above)
}

/** Takes the folder of a run away that was never started, as far as nothing stands in it. */
export function removeUnusedRunFolder(path: string): void {
  const dated = dirname(path) === resolve(RUNS)
  const folders = [join(path, 'logs'), path, ...(dated ? [dirname(path)] : [])]
  folders.every(removeEmpty)
}

function removeEmpty(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch {
    return false
  }
}

/** `2026-03-01_09-05-07`, in local time. */
function localDate(now: number): string {
  const date = new Date(now)
  const two = (n: number) => String(n).padStart(2, '0')
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-')
  const time = [two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())].join('-')
  return `${day}_${time}`
}

/** Where launchers keep what must outlive the scheduler. */
export function launcherFolder(runDir: string): string {
  return join(runDir, 'launchers')
}

/** Where the agent of a node keeps the same, beside those of other nodes. */
export function agentFolder(runDir: string, node: string): string {
  return join(launcherFolder(runDir), node.replaceAll('/', '_').replace(/^\.+/, '_'))
}

/** The files of an attempt: `logs/ID.out`, and `logs/ID.2.out` for a second one. */
export function pathsOf(runDir: string, { jobId, attempt }: Pick<Placement, 'jobId' | 'attempt'>): JobPaths {
  const log = `${runDir}/logs/${logName(jobId, attempt)}`
  const jobDir = `${runDir}/jobs/${jobId}`
  return {
    runDir,
    jobDir,
    output: `${jobDir}/output${attempt > 1 ? `.${attempt}` : ''}`,
    stdout: `${log}.out`,
    stderr: `${log}.err`,
  }
}
