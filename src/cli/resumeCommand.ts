import type { Command } from 'commander'
import { runFolderOf } from './runFolder.ts'
import { runToEnd } from './runToEnd.ts'
import { addSchedulerOptions, type SchedulerFlags, schedulerOptionsOf } from './schedulerOptions.ts'

type ResumeFlags = SchedulerFlags & { readonly retryFailed?: boolean }

const EXAMPLES = `
Examples:
  $ longshore resume                      the latest run in longshore-runs/
  $ longshore resume longshore-runs/2026-03-01_09-05-07
  $ longshore resume --retry-failed DIR   run what has failed again, too

What has succeeded is not run again. Commands that still run are taken over, those that ended meanwhile are
collected; what nobody knows of any more is run again. Exit status as of run.`

/** What is done with the folder and options of `resume`. */
export type ResumeAction = (run: string | undefined, flags: ResumeFlags) => Promise<void>

/** `action`: by itself, to go on with the run. */
export function addResumeCommand(program: Command, action: ResumeAction = resumeRun): void {
  const resume = program
    .command('resume')
    .summary('go on with a run after a crash or Ctrl-C')
    .usage('[options] [RUN]')
    .description('Runs what is left of a run: its folder, or its name in longshore-runs/.')
    .argument('[run]', 'folder of the run (default: the latest in longshore-runs/)')
    .option('--retry-failed', 'run the jobs again that have failed')
  addSchedulerOptions(resume).addHelpText('after', EXAMPLES).action(action)
}

async function resumeRun(run: string | undefined, flags: ResumeFlags): Promise<void> {
  const { retryFailed = false } = flags
  const options = schedulerOptionsOf(run === undefined ? flags : { ...flags, runDir: runFolderOf(run) })
  const { createScheduler } = await import('../createScheduler.ts')
  const scheduler = await createScheduler({ ...options, resume: true, retryFailed })
  // Not `await using`: Node 22 runs this from source and does not know it.
  try {
    await runToEnd(scheduler, options)
  } finally {
    await scheduler.close()
  }
}
