import { rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { datedFolder, makeRunFolder, removeUnusedRunFolder } from '../actors/record/folder.ts'
import { type Fault, InvalidOptionsError } from '../errors.ts'
import { collect } from './requestOptions.ts'
import { readInner } from './sbatchInner.ts'

interface SbatchFlags {
  readonly nodes: string
  readonly time?: string
  readonly partition?: string
  readonly account?: string
  readonly qos?: string
  readonly gpusPerNode?: string
  readonly jobName?: string
  readonly sbatchOption?: readonly string[]
  readonly ray?: boolean
  readonly chain?: boolean
  readonly print?: boolean
}

const EXAMPLES = `
Examples:
  $ longshore sbatch --nodes 4 --time 2:00:00 -- run jobs.jsonl
  $ longshore sbatch --nodes 2 --time 30 --gpus-per-node 4 --partition gpu -- run --sweep seed=1..99 -- python fit.py --seed {seed}
  $ longshore sbatch --nodes 4 --time 1:00:00 --chain -- run jobs.jsonl    further allocations, until all is done
  $ longshore sbatch --ray --nodes 4 -- run jobs.jsonl --python venv/bin/python    on a Ray cluster of its own
  $ longshore sbatch --print --nodes 4 -- run jobs.jsonl > job.sh          to adapt it, and submit it yourself

The jobs are read before anything is submitted, and every fault is told. longshore status RUN follows the run.`

export function addSbatchCommand(program: Command, behind: readonly string[] | null): void {
  program
    .command('sbatch')
    .summary('run jobs in an allocation of SLURM')
    .usage('[options] -- run FILE...')
    .description(
      'Writes a batch script that runs the jobs on whole nodes of SLURM, submits it, and prints the number of the job and the folder of the run.',
    )
    .option('--nodes <n>', 'number of nodes', '1')
    .option(
      '--time <time>',
      "time limit as sbatch takes it: minutes, 1:30:00, 2-12 (default: the partition's)",
    )
    .option('--partition <name>', 'partition (default: that of the cluster)')
    .option('--account <name>', 'account to charge')
    .option('--qos <name>', 'quality of service')
    .option('--gpus-per-node <n>', 'GPUs of each node, or type:n (default: none are asked for)')
    .option('--job-name <name>', 'name of the job in the queue (default: that of the run, behind longshore-)')
    .option(
      '--sbatch-option <option>',
      'any option of sbatch, as --sbatch-option=--mail-type=END; can be repeated',
      collect,
    )
    .option(
      '--ray',
      'start a Ray cluster in the allocation for the run (--backend ray); --python of run names the Python that has Ray',
    )
    .option(
      '--chain',
      'when an allocation ends before the run does, go on in a further one, until all is done',
    )
    .option('--print', 'only show the script')
    .showHelpAfterError('(longshore sbatch --help shows what there is)')
    .addHelpText('after', EXAMPLES)
    .action((flags: SbatchFlags) => sbatch(flags, behind))
}

async function sbatch(flags: SbatchFlags, behind: readonly string[] | null): Promise<void> {
  const { batchScript } = await import('../backends/slurm/batchScript.ts')
  const { command, python, runDir: named } = await readInner(behind, { ray: flags.ray === true })
  const asked = { ...askedBy(flags), command, python }
  if (flags.print) {
    const runDir = named ?? datedFolder(Date.now())
    process.stdout.write(batchScript({ ...asked, ...nameOf(flags, runDir), output: 'slurm-%j.out' }))
    return
  }
  const runDir = makeRunFolder(named, Date.now())
  const output = join(runDir, 'slurm-%j.out')
  const id = await submitScript(runDir, batchScript({ ...asked, ...nameOf(flags, runDir), output }))
  process.stdout.write(`SLURM job ${id}\nrun folder ${runDir}\n`)
  process.stderr.write(`Follow it: longshore status ${runDir} or squeue --job ${id}. End it: scancel ${id}\n`)
}

async function submitScript(runDir: string, script: string): Promise<string> {
  const { SCRIPT } = await import('../backends/slurm/batchScript.ts')
  const { submit } = await import('../backends/slurm/submit.ts')
  const path = join(runDir, SCRIPT)
  writeFileSync(path, script, { mode: 0o700 })
  try {
    return await submit(path)
  } catch (error) {
    // An earlier run may be there: then it is left as it is.
    rmSync(path)
    removeUnusedRunFolder(runDir)
    throw error
  }
}

/** What SLURM is asked for. Throws an `InvalidOptionsError` that names every fault. */
function askedBy(flags: SbatchFlags) {
  const { nodes, time = null, partition = null, account = null, qos = null, gpusPerNode = null } = flags
  const options = flags.sbatchOption ?? []
  const faults: Fault[] = []
  if (!/^[1-9]\d*$/.test(nodes))
    faults.push({ where: '--nodes', message: `expected a whole number > 0, got "${nodes}"` })
  if (time !== null && !TIME.test(time)) faults.push({ where: '--time', message: `${TIMES}, got "${time}"` })
  for (const option of options.filter(one => !one.startsWith('-')))
    faults.push({
      where: '--sbatch-option',
      message: `expected an option of sbatch, as --mail-type=END, got "${option}"`,
    })
  if (faults.length > 0) throw new InvalidOptionsError(faults)
  return {
    ...{
      nodes: Number(nodes),
      time,
      partition,
      account,
      qos,
      gpusPerNode,
      options,
      chain: flags.chain === true,
    },
    ...{ folder: process.cwd(), node: process.execPath, program: PROGRAM },
  }
}

const TIME = /^(\d+-)?\d+(:\d+){0,2}$/
const TIMES = 'expected a time as sbatch takes it, as 90 (minutes), 1:30:00 or 2-12 (days-hours)'

const PROGRAM = fileURLToPath(new URL('../../bin/longshore.js', import.meta.url))

function nameOf({ jobName }: SbatchFlags, runDir: string) {
  return { runDir, jobName: jobName ?? `longshore-${basename(runDir).replace(/[^\w.-]+/g, '-')}` }
}
