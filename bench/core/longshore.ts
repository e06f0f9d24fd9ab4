import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { answerOf } from './answerOf.ts'
import { LONGSHORE } from './places.ts'

/** Which Longshore: what `npm run build` made, as the package holds it, or the source of the checkout. */
export type Edition = 'built' | 'source'

/** The environment that chooses an edition. */
export function environmentOf(edition: Edition): NodeJS.ProcessEnv {
  const { LONGSHORE_DIST: _, ...env } = process.env
  return edition === 'built' ? { ...env, LONGSHORE_DIST: '1' } : env
}

/** The words of `longshore run …`, with a run folder of its own in `folder`. */
export function longshoreRun(folder: string, ...args: readonly string[]): string[] {
  return [process.execPath, LONGSHORE, 'run', '--run-dir', newRunDir(folder), ...args]
}

/** A name for the folder of a run that does not exist yet. */
export function newRunDir(folder: string): string {
  return join(folder, `run-${randomUUID()}`)
}

/** What the programs in `programs/` answer. */
export interface ApiTiming {
  /** Seconds from the call of `add` to the end of `run`. */
  readonly totalS: number
  /** Seconds from the first placement to the end of `run`. */
  readonly placedToEndS: number
  /** What the journal takes on the disk for each job, after the run. */
  readonly journalBytes?: number
}

/** Runs one of `programs/`, which use the API of the built package, in a process of its own. */
export function runProgram(name: string, folder: string, ...args: readonly string[]): Promise<ApiTiming> {
  const program = new URL(`../programs/${name}.ts`, import.meta.url).pathname
  return answerOf([
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    program,
    newRunDir(folder),
    ...args,
  ])
}
