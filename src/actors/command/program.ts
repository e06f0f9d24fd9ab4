import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'

/** What a search for a program came to. */
export type ProgramSearch =
  | { readonly found: true; readonly path: string }
  /** `denied`: a file of that name is there, but it may not be run. */
  | { readonly found: false; readonly reason: 'missing' | 'denied'; readonly searched: string }

/** Looks for a program as `execvp` does: a name with a slash is a path from `cwd`, any other is looked for in `path`. */
export function findProgram(program: string, path: string, cwd: string): ProgramSearch {
  const candidates = program.includes('/')
    ? [isAbsolute(program) ? program : resolve(cwd, program)]
    : path.split(delimiter).map(folder => join(resolve(cwd, folder), program))
  const files = candidates.filter(isFile)
  const runnable = files.find(mayRun)
  if (runnable !== undefined) return { found: true, path: runnable }
  const [denied] = files
  if (denied !== undefined) return { found: false, reason: 'denied', searched: denied }
  const searched = program.includes('/') ? candidates.join() : `PATH ${path || '(empty)'}`
  return { found: false, reason: 'missing', searched }
}

/** One line on why a program was not found, for people. */
export function describeMissing(
  program: string,
  { reason, searched }: Extract<ProgramSearch, { found: false }>,
): string {
  if (reason === 'denied')
    return `no permission to run ${searched}: expected an executable file (chmod +x makes it one)`
  return `no such program: ${program} (looked ${searched.startsWith('PATH ') ? 'in' : 'for'} ${searched})`
}

/** What is wrong with a working folder, `null` where nothing is. */
export function describeFolder(cwd: string): string | null {
  const stat = statOf(cwd)
  if (stat === undefined) return `working folder ${cwd} does not exist`
  if (!stat.isDirectory()) return `working folder ${cwd} is no folder`
  return mayRun(cwd) ? null : `no permission to enter working folder ${cwd}`
}

function isFile(path: string): boolean {
  return statOf(path)?.isFile() ?? false
}

function statOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
