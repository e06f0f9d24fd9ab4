import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { InvalidOptionsError } from '../errors.ts'

const RUNS = 'longshore-runs'

/** The folder of the run that is meant: a path, or a name in `longshore-runs/`. Throws an `InvalidOptionsError`. */
export function runFolderOf(run: string): string {
  const folder = [resolve(run), resolve(join(RUNS, run))].find(isFolder)
  if (folder !== undefined) return folder
  const message = `expected the folder of a run, or its name in ${RUNS}/; there is no folder ${resolve(run)}`
  throw new InvalidOptionsError([{ where: run, message }])
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
