import { spawn } from 'node:child_process'
import type { AgentProcess } from '../remote/connection.ts'
import type { NodeShare } from './allocation.ts'

/** Where an agent is started, and what of the node it is to have: all that the allocation has of it. */
export interface AgentStep {
  readonly jobId: string
  readonly node: string
  readonly share: Pick<NodeShare, 'cpus' | 'gpus'>
  /** The program and its arguments. */
  readonly command: readonly string[]
}

/**
 * Options of srun for a step that lasts as long as the run: one process, the whole node, beside whatever else runs there
 * (`--overlap`; without it srun waits for what the batch script itself holds). `-u`: each line at once, not when a buffer
 * is full. Without `--gres` or `--mem` the site's defaults would cut the step.
 */
export function srunArguments({ jobId, node, share, command }: AgentStep): string[] {
  return [
    ...[`--jobid=${jobId}`, `--nodelist=${node}`, '--nodes=1', '--ntasks=1'],
    ...['--overlap', '--exact', `--cpus-per-task=${share.cpus}`, '--mem=0'],
    share.gpus.count > 0 ? `--gres=gpu:${share.gpus.count}` : '--gres=none',
    ...['--unbuffered', '--job-name=longshore-agent', '--mpi=none', '--kill-on-bad-exit=0', '--quiet'],
    ...command,
  ]
}

/**
 * Starts it. In a session of its own: a Ctrl-C at the terminal is for the scheduler, which then ends its agents itself.
 */
export function startStep(step: AgentStep, environment: NodeJS.ProcessEnv = process.env): AgentProcess {
  return spawn('srun', srunArguments(step), {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: withoutDefaults(environment),
  })
}

/** What a batch script was given, srun takes for options of its own: `SLURM_MEM_PER_CPU` beside `--mem` is an error. */
function withoutDefaults(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !DEFAULTS.test(name)))
}

const DEFAULTS =
  /^SLURM_(MEM_|CPU_BIND|CPUS_PER|NTASKS|NPROCS|NNODES|JOB_NUM_NODES|TASKS_PER|TRES_PER|GPU|GRES|EXACT|EXCLUSIVE|OVERLAP|WHOLE|DISTRIBUTION|HINT|THREADS|CORE_SPEC|STEP|OPEN_MODE|STD|UNBUFFEREDIO|LABELIO|KILL_BAD_EXIT|WAIT|IMMEDIATE|RESV_PORTS|TIMELIMIT|WORKING_DIR|PROLOG|EPILOG|TASK_)/
