import { resolve } from 'node:path'
import { Command } from 'commander'
import { findRunFolder } from '../actors/record/folder.ts'
import type { InnerCommand } from '../backends/slurm/batchScript.ts'
import { type Fault, InvalidOptionsError } from '../errors.ts'
import { jobsOf } from './jobs.ts'
import { addResumeCommand } from './resumeCommand.ts'
import { addRunCommand } from './runCommand.ts'
import { type SchedulerFlags, schedulerOptionsOf } from './schedulerOptions.ts'

/** What is to run in an allocation. */
export interface Inner {
  readonly command: InnerCommand
  /** The folder of the run, absolute; `undefined` where none was named. */
  readonly runDir: string | undefined
  /** The interpreter that has Ray; `null` where none is needed. */
  readonly python: string | null
}

/**
 * Reads `run FILE…` or `resume RUN` as `longshore` itself would, the jobs included: so that what is wrong with them is
 * told before the job waits in a queue for hours. `ray`: whether a Ray cluster is started for it. Throws as `longshore run`
 * does.
 */
export async function readInner(
  behind: readonly string[] | null,
  { ray }: { readonly ray: boolean },
): Promise<Inner> {
  const [kind, ...rest] = behind ?? []
  if (kind !== 'run' && kind !== 'resume') throw unclear(kind)
  const end = rest.indexOf('--')
  const words = end < 0 ? rest : rest.slice(0, end)
  const command = end < 0 ? null : rest.slice(end + 1)
  const { runDir, ...flags } = await parse(kind, words, command)
  if (ray) checkRay(flags)
  const named = withoutFolder(words, kind, runDir)
  const inner: InnerCommand = {
    kind,
    words: inBackend(ray ? without(named, '--python') : named, ray ? 'ray' : 'slurm'),
    behind: command,
  }
  return { runDir, python: ray ? await pythonFor(flags) : null, command: inner }
}

async function pythonFor({ python }: SchedulerFlags): Promise<string> {
  const { pythonOf } = await import('../backends/ray/bridge.ts')
  return pythonOf(python)
}

function checkRay({ address, backend = 'ray' }: SchedulerFlags): void {
  const faults: Fault[] = []
  if (address !== undefined) faults.push({ where: '--address', message: OWN_CLUSTER })
  if (backend !== 'ray') faults.push({ where: '--backend', message: `${RAY_ONLY}, got "${backend}"` })
  if (faults.length > 0) throw new InvalidOptionsError(faults)
}

const OWN_CLUSTER = 'sbatch --ray starts a Ray cluster of its own in the allocation: leave this out'
const RAY_ONLY = 'expected ray, or nothing, with sbatch --ray'

function unclear(kind: string | undefined): InvalidOptionsError {
  const got = kind === undefined ? 'nothing' : `"${kind}"`
  const message = `expected what to run behind --, as in: longshore sbatch --nodes 2 -- run FILE (or resume RUN); got ${got}`
  return new InvalidOptionsError([{ where: '', message }])
}

async function parse(
  kind: InnerCommand['kind'],
  words: readonly string[],
  command: readonly string[] | null,
): Promise<Pick<Inner, 'runDir'> & Omit<SchedulerFlags, 'runDir'>> {
  let read: Awaited<ReturnType<typeof parse>> = { runDir: undefined }
  const program = new Command('longshore')
    .exitOverride()
    .showHelpAfterError('(longshore run --help shows what there is)')
  addRunCommand(program, command, async (files, flags) => {
    schedulerOptionsOf(flags)
    if (files.includes('-')) throw new InvalidOptionsError([{ where: '-', message: NO_STDIN }])
    await jobsOf(files, command, flags)
    read = { ...flags, runDir: flags.runDir === undefined ? undefined : resolve(flags.runDir) }
  })
  addResumeCommand(program, async (run, flags) => {
    schedulerOptionsOf(flags)
    read = { ...flags, runDir: findRunFolder(run) }
  })
  await program.parseAsync([kind, ...words], { from: 'user' })
  return read
}

const NO_STDIN = 'a batch job has no standard input: write the jobs into a file'

function inBackend(words: readonly string[], backend: 'slurm' | 'ray'): string[] {
  const isGiven = words.some(word => word === '--backend' || word.startsWith('--backend='))
  return isGiven ? [...words] : [...words, '--backend', backend]
}

/** The script names the folder of the run by itself. */
function withoutFolder(
  words: readonly string[],
  kind: InnerCommand['kind'],
  runDir: string | undefined,
): string[] {
  if (kind === 'resume') return words.filter(word => word.startsWith('-') || findsRun(word) !== runDir)
  return without(words, '--run-dir')
}

function without(words: readonly string[], option: string): string[] {
  return words.filter(
    (word, i) => word !== option && !word.startsWith(`${option}=`) && words[i - 1] !== option,
  )
}

function findsRun(word: string): string | null {
  try {
    return findRunFolder(word)
  } catch {
    return null
  }
}
