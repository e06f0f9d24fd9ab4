import { resolve } from 'node:path'
import { Command } from 'commander'
import { findRunFolder } from '../actors/record/folder.ts'
import type { InnerCommand } from '../backends/slurm/batchScript.ts'
import { InvalidOptionsError } from '../errors.ts'
import { jobsOf } from './jobs.ts'
import { addResumeCommand } from './resumeCommand.ts'
import { addRunCommand } from './runCommand.ts'
import { schedulerOptionsOf } from './schedulerOptions.ts'

/** What is to run in an allocation. */
export interface Inner {
  readonly command: InnerCommand
  /** The folder of the run, absolute; `undefined` where none was named. */
  readonly runDir: string | undefined
}

/**
 * Reads `run FILE…` or `resume RUN` as `longshore` itself would, the jobs included: so that what is wrong with them is
 * told before the job waits in a queue for hours. Throws as `longshore run` does.
 */
export async function readInner(behind: readonly string[] | null): Promise<Inner> {
  const [kind, ...rest] = behind ?? []
  if (kind !== 'run' && kind !== 'resume') throw unclear(kind)
  const end = rest.indexOf('--')
  const words = end < 0 ? rest : rest.slice(0, end)
  const command = end < 0 ? null : rest.slice(end + 1)
  const runDir = await parse(kind, words, command)
  return { runDir, command: { kind, words: inBackend(withoutFolder(words, kind, runDir)), behind: command } }
}

function unclear(kind: string | undefined): InvalidOptionsError {
  const got = kind === undefined ? 'nothing' : `"${kind}"`
  const message = `expected what to run behind --, as in: longshore sbatch --nodes 2 -- run FILE (or resume RUN); got ${got}`
  return new InvalidOptionsError([{ where: '', message }])
}

async function parse(
  kind: InnerCommand['kind'],
  words: readonly string[],
  command: readonly string[] | null,
): Promise<string | undefined> {
  let runDir: string | undefined
  const program = new Command('longshore')
    .exitOverride()
    .showHelpAfterError('(longshore run --help shows what there is)')
  addRunCommand(program, command, async (files, flags) => {
    schedulerOptionsOf(flags)
    if (files.includes('-')) throw new InvalidOptionsError([{ where: '-', message: NO_STDIN }])
    await jobsOf(files, command, flags)
    runDir = flags.runDir === undefined ? undefined : resolve(flags.runDir)
  })
  addResumeCommand(program, async (run, flags) => {
    schedulerOptionsOf(flags)
    runDir = findRunFolder(run)
  })
  await program.parseAsync([kind, ...words], { from: 'user' })
  return runDir
}

const NO_STDIN = 'a batch job has no standard input: write the jobs into a file'

function inBackend(words: readonly string[]): string[] {
  const isGiven = words.some(word => word === '--backend' || word.startsWith('--backend='))
  return isGiven ? [...words] : [...words, '--backend', 'slurm']
}

/** The script names the folder of the run by itself. */
function withoutFolder(
  words: readonly string[],
  kind: InnerCommand['kind'],
  runDir: string | undefined,
): string[] {
  if (kind === 'resume') return words.filter(word => word.startsWith('-') || findsRun(word) !== runDir)
  return words.filter((word, i) => !/^--run-dir(=|$)/.test(word) && words[i - 1] !== '--run-dir')
}

function findsRun(word: string): string | null {
  try {
    return findRunFolder(word)
  } catch {
    return null
  }
}
