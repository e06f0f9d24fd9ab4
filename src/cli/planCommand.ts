import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { InvalidOptionsError } from '../errors.ts'
import type { MachineOptions, Plan, Replay } from '../plan/plan.ts'
import { jobsOf, withPlaces } from './jobs.ts'
import { machineOfFlags, machinesOf } from './planMachines.ts'
import { addRequestOptions, collect, type RequestFlags } from './requestOptions.ts'
import { addMachineOptions, type SchedulerFlags, schedulerOptionsOf } from './schedulerOptions.ts'

type PlanFlags = RequestFlags &
  SchedulerFlags & {
    readonly machine?: readonly string[]
    readonly svg?: string
    readonly json?: boolean
  }

const EXAMPLES = `
Examples:
  $ longshore plan jobs.jsonl                              what is to be expected here
  $ longshore plan --threads 64 --ram-gb 256 jobs.jsonl    and what of a machine like that
  $ longshore plan --machine threads=64,gpus=8 --machine nodes=4 jobs.jsonl
  $ longshore plan --svg plan.svg --threads 2 --time-s 60 --sweep seed=1..50 -- python fit.py --seed {seed}
  $ longshore plan longshore-runs/2026-03-01_09-05-07      a run that has been

Nothing is started. Exit status: 0, or 2 for wrong use or a faulty job file.`

export function addPlanCommand(program: Command, command: readonly string[] | null): void {
  const plan = program
    .command('plan')
    .summary('simulate jobs before they run; look at past runs')
    .usage(
      '[options] FILE...\n       longshore plan [options] -- COMMAND...\n       longshore plan [options] RUN',
    )
    .description(
      'Predicts how long jobs will take here and on other machines, and what limits them; draws a timeline.',
    )
    .argument('[files...]', 'job files; - reads JSONL from standard input; or the folder of a run')
    .optionsGroup('What to show:')
    .option(
      '--machine <list>',
      'compare with another machine: threads=64,ramGb=256,gpus=8,gpuRamGb=80,nodes=4; what is not named is as here; can be repeated. Without a command behind --, --threads 64 --gpus 8 is the same as --machine threads=64,gpus=8',
      collect,
    )
    .option('--svg <file>', 'draw the timeline into this file')
    .option('--json', 'print one JSON object')
  addRequestOptions(addMachineOptions(plan.optionsGroup('This machine:')))
    .showHelpAfterError('(longshore plan --help shows what there is)')
    .addHelpText('after', EXAMPLES)
    .action((files: readonly string[], flags: PlanFlags) => showPlan(files, command, flags))
}

async function showPlan(
  files: readonly string[],
  command: readonly string[] | null,
  given: PlanFlags,
): Promise<void> {
  const { machine, others: flags } =
    command === null ? machineOfFlags(given) : { machine: null, others: given }
  const machines = [...(machine ? [machine] : []), ...machinesOf(flags.machine)]
  const plan = await lookAhead(files, command, flags, machines)
  if (flags.svg !== undefined) await writeSvg(plan, flags.svg)
  process.stdout.write(flags.json ? `${JSON.stringify(plan)}\n` : await textOf(plan))
}

/** The plan of jobs; of a folder what has been. */
async function lookAhead(
  files: readonly string[],
  command: readonly string[] | null,
  flags: PlanFlags,
  machines: readonly MachineOptions[],
): Promise<Plan | Replay> {
  const { reports: _, ...options } = schedulerOptionsOf(flags)
  const { isFolder } = await import('../actors/record/read.ts')
  const [first = ''] = files
  if (command === null && files.length === 1 && isFolder(first)) {
    const { replayRun } = await import('../plan/replayRun.ts')
    return replayRun(first, { ...options, machines })
  }
  const placed = await jobsOf(files, command, flags, 'plan')
  const { planJobs } = await import('../plan/planJobs.ts')
  try {
    return await planJobs(placed.jobs, { ...options, machines })
  } catch (error) {
    throw withPlaces(error, placed.placeOf)
  }
}

const DEFAULT_COLUMNS = 80

async function textOf(plan: Plan | Replay): Promise<string> {
  const { sheetFor } = await import('../reports/plain/ending.ts')
  const { wantsColour } = await import('../reports/text/paint.ts')
  const { stdout } = process
  const columns = stdout.columns || DEFAULT_COLUMNS
  const sheet = { ...sheetFor(stdout), columns, colour: wantsColour(stdout) }
  const lines =
    plan.kind === 'plan'
      ? (await import('../reports/plan/planText.ts')).planText(plan, sheet)
      : (await import('../reports/plan/replayText.ts')).replayText(plan, sheet)
  return `${lines.join('\n')}\n`
}

async function writeSvg(plan: Plan | Replay, file: string): Promise<void> {
  const { planSvg } = await import('../reports/plan/planSvg.ts')
  try {
    writeFileSync(file, planSvg(plan))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new InvalidOptionsError([{ where: '--svg', message: `cannot write ${file}: ${why}` }])
  }
}
