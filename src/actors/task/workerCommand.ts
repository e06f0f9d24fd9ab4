import { existsSync, readFileSync } from 'node:fs'
import { delimiter, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a worker process is started with. */
export interface WorkerCommand {
  readonly file: string
  readonly args: readonly string[]
}

/** Logical CPUs that it is pinned to (none: not pinned), options for Node, and whether `setpriv` is there. */
export interface WorkerTraits {
  readonly cpus: readonly number[]
  readonly execArgv: readonly string[]
  readonly hasSetpriv: boolean
  /** V8's heap limit in MiB, `null` for V8's own choice. */
  readonly heapMb: number | null
}

/**
 * The worker's script lies beside this file, as TypeScript in a checkout and as JavaScript in the package.
 *
 * `setpriv` has the kernel end the worker when the scheduler dies: a task that computes without a pause would not
 * see that its channel is closed.
 */
export function workerCommand({ cpus, execArgv, hasSetpriv, heapMb }: WorkerTraits): WorkerCommand {
  const script = new URL(`./worker/main${extname(import.meta.url)}`, import.meta.url)
  const [file = process.execPath, ...args] = [
    ...(cpus.length > 0 ? ['taskset', '-c', cpus.join(',')] : []),
    ...(hasSetpriv ? ['setpriv', '--pdeathsig', 'KILL'] : []),
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    ...(heapMb === null ? [] : [`--max-old-space-size=${heapMb}`]),
    ...execArgv,
    fileURLToPath(script),
  ]
  return { file, args }
}

/** A worker that is pinned to nothing and has no options of its own: what a bare worker costs is measured on it. */
export function bareWorkerCommand(): WorkerCommand {
  return workerCommand({ cpus: [], execArgv: [], hasSetpriv: findSetpriv(), heapMb: null })
}

/**
 * Is there a `setpriv` that knows the option (util-linux 2.33 or later)? Looking for the option's name in the program
 * is a hundred times cheaper than running it.
 */
export function findSetpriv(path: string | undefined = process.env['PATH']): boolean {
  if (process.platform !== 'linux') return false
  const found = (path ?? '')
    .split(delimiter)
    .map(folder => join(folder, 'setpriv'))
    .find(existsSync)
  return found !== undefined && knowsOption(found)
}

function knowsOption(program: string): boolean {
  try {
    return readFileSync(program).includes('pdeathsig')
  } catch {
    return false
  }
}
