import type { Command } from 'commander'
import type { RunStatus } from '../control/operations.ts'
import type { ControlRequest } from '../control/protocol.ts'
import { InvalidOptionsError, LongshoreError } from '../errors.ts'
import type { PlacedJobs } from '../jobfile/index.ts'
import { sanitize } from '../reports/text/sanitize.ts'
import { jobIdOf } from './jobId.ts'
import { addRequestOptions, type RequestFlags } from './requestOptions.ts'
import { runFolderOf } from './runFolder.ts'

const RUN = 'folder of the run, or its name in longshore-runs/'

/** Commands that tell a run from another terminal what to do. `command`: what stands behind `--`. */
export function addOrderCommands(program: Command, command: readonly string[] | null): void {
  order(program, 'pause', 'place nothing for now; what runs goes on', { op: 'pause' })
  order(program, 'continue', 'place again after a pause', { op: 'continue' })
  order(program, 'drain', 'place nothing any more; the run ends when nothing runs', { op: 'drain' })
  program
    .command('cancel')
    .summary('end jobs of a run')
    .description('Ends jobs of a run: those that wait at once, those that run by TERM, grace, KILL.')
    .argument('<run>', RUN)
    .argument('[ids...]', 'ids of the jobs, or their names')
    .option('--group <name>', 'all jobs of a group')
    .option('--all', 'all jobs')
    .action(cancel)
  const add = program
    .command('add')
    .summary('add jobs to a run')
    .usage('[options] RUN FILE...\n       longshore add [options] RUN -- COMMAND...')
    .description('Adds jobs to a run that goes on, and prints their ids.')
    .argument('<run>', RUN)
    .argument('[files...]', 'job files; - reads JSONL from standard input')
  addRequestOptions(add).action((run: string, files: readonly string[], flags: RequestFlags) =>
    addJobs(run, files, command, flags),
  )
}

function order(program: Command, name: string, summary: string, request: ControlRequest): void {
  program
    .command(name)
    .summary(summary)
    .description(`Tells a run to ${summary}.`)
    .argument('<run>', RUN)
    .action(async (run: string) => void (await send(run, request)))
}

async function send(run: string, request: ControlRequest): Promise<unknown> {
  const { ask } = await import('../control/client.ts')
  return ask(runFolderOf(run), request)
}

interface CancelFlags {
  readonly group?: string
  readonly all?: true
}

async function cancel(run: string, ids: readonly string[], { group, all }: CancelFlags): Promise<void> {
  if (ids.length > 0 && (group !== undefined || all)) throw unclear()
  if (ids.length === 0 && (group === undefined) === (all === undefined)) throw unclear()
  const runDir = runFolderOf(run)
  const meant = await Promise.all(ids.map(word => jobIdOf(runDir, word)))
  const which = ids.length > 0 ? { ids: meant } : group === undefined ? { all: true as const } : { group }
  const count = await send(run, { op: 'cancel', ...which })
  const none =
    group === undefined ? 'nothing of that is left to end' : `no job of group "${sanitize(group)}" is left`
  process.stderr.write(`${count} told to end${count === 0 ? `: ${none}` : ''}.\n`)
}

function unclear(): InvalidOptionsError {
  return new InvalidOptionsError([{ where: '', message: 'expected ids of jobs, or --group NAME, or --all' }])
}

async function addJobs(
  run: string,
  files: readonly string[],
  command: readonly string[] | null,
  flags: RequestFlags,
): Promise<void> {
  const { jobsOf } = await import('./jobs.ts')
  const { specOf } = await import('../control/spec.ts')
  const { jobs, placeOf } = await jobsOf(files, command, flags, 'add')
  const { state } = (await send(run, { op: 'status' })) as RunStatus
  const ids = await send(run, { op: 'add', jobs: jobs.map(specOf) }).catch(error => {
    throw placed(error, placeOf)
  })
  if (Array.isArray(ids)) for (const id of ids) process.stdout.write(`${id}\n`)
  if (state === 'draining')
    process.stderr.write('This run starts no more jobs: they are kept for longshore resume.\n')
  if (state === 'paused') process.stderr.write(`This run is paused: longshore continue ${run}\n`)
}

/** The run knows of no files: it names jobs by their position among those that it was sent. */
function placed(error: unknown, placeOf: PlacedJobs['placeOf']): unknown {
  if (!(error instanceof LongshoreError)) return error
  return new LongshoreError(
    error.message.replace(/^jobs\[(\d+)\](?=:)/gm, (_, index) => placeOf(Number(index))),
  )
}
