import type { Command } from 'commander'
import type { Job } from '../job.ts'
import { addPlaced, jobsOf } from './jobs.ts'
import { addRequestOptions, type RequestFlags } from './requestOptions.ts'
import { runToEnd } from './runToEnd.ts'
import { addSchedulerOptions, type SchedulerFlags, schedulerOptionsOf } from './schedulerOptions.ts'

export type RunFlags = RequestFlags & SchedulerFlags

const EXAMPLES = `
Examples:
  $ longshore run jobs.jsonl                       a job a line; also .csv .yaml .json .ts .js
  $ generate-jobs | longshore run -                JSONL from standard input
  $ longshore run --threads 2 --ram-gb 4 -- python fit.py --seed 1
  $ longshore run --sweep model=xgb,lgbm --sweep seed=1..5 -- python fit.py --model {model} --seed {seed}
  $ longshore run --capacity license=4 --max-threads 16 jobs.yaml

The first Ctrl-C starts no more jobs and waits for those that run, a second one ends them.
Exit status: 0 all jobs succeeded, 1 some failed, 2 wrong use or a faulty job file (nothing was started),
130 stopped by Ctrl-C, 75 jobs are left that would not have ended before the allocation of SLURM.`

/** What is done with the files and options of `run`. */
export type RunAction = (files: readonly string[], flags: RunFlags) => Promise<void>

/** `action`: by itself, to run the jobs. */
export function addRunCommand(
  program: Command,
  command: readonly string[] | null,
  action: RunAction = (files, flags) => runJobs(files, command, flags),
): void {
  const run = program
    .command('run')
    .summary('run the jobs of files, or a command')
    .usage('[options] FILE...\n       longshore run [options] -- COMMAND...')
    .description('Runs jobs, as many at once as fit into threads, RAM, GPUs and GPU RAM, the longest first.')
    .argument('[files...]', 'job files; - reads JSONL from standard input')
  addRequestOptions(addSchedulerOptions(run))
    .showHelpAfterError('(longshore run --help shows what there is)')
    .addHelpText('after', EXAMPLES)
    .action(action)
}

/** Nothing is started before every job has been read and found right. */
async function runJobs(
  files: readonly string[],
  command: readonly string[] | null,
  flags: RunFlags,
): Promise<void> {
  const options = schedulerOptionsOf(flags)
  const loading = import('../createScheduler.ts')
  // Awaited below, unless the jobs are at fault: then nobody is to hear of it.
  loading.catch(() => undefined)
  const placed = await jobsOf(files, command, flags)
  if ((options.backend ?? 'local') === 'local') await expectCommandsOf(placed.jobs)
  const { createScheduler } = await loading
  const scheduler = await createScheduler({ ...(needNoGpu(placed.jobs) && NO_CUDA_PROBE), ...options })
  // Not `await using`: Node 22 runs this from source and does not know it.
  try {
    await addPlaced(scheduler, placed)
    await runToEnd(scheduler, options)
  } finally {
    await scheduler.close()
  }
}

/** Launchers start while the machine is looked at. */
async function expectCommandsOf(jobs: readonly Job[]): Promise<void> {
  const { expectCommands } = await import('../actors/command/executor.ts')
  expectCommands(jobs.filter(({ run }) => run.kind === 'command').length)
}

/** To make a CUDA context takes seconds, which jobs without a GPU need not wait for. */
const NO_CUDA_PROBE = { cudaContextGb: 0 }

function needNoGpu(jobs: readonly Job[]): boolean {
  return jobs.every(job => job.request.gpus === 0)
}
