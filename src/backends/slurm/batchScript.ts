import { quote } from '../../jobfile/shell.ts'
import { rayScript } from './rayScript.ts'

/** What a batch script is to ask SLURM for, and to run. */
export interface BatchJob {
  readonly jobName: string
  readonly nodes: number
  /** As sbatch takes it: `1:00:00`, `2-12`, minutes. `null`: what the partition gives. */
  readonly time: string | null
  readonly partition: string | null
  readonly account: string | null
  readonly qos: string | null
  readonly gpusPerNode: string | null
  /** Further options of sbatch, as they are. */
  readonly options: readonly string[]
  /** Folder in which the command was typed. */
  readonly folder: string
  /** Absolute paths. */
  readonly runDir: string
  readonly node: string
  readonly program: string
  /** Where what the driver says goes; `%j` is the number of the job. */
  readonly output: string
  readonly command: InnerCommand
  /** The interpreter that has Ray, where a Ray cluster is to be started in the allocation; else `null`. */
  readonly python: string | null
  /** Whether further allocations follow until nothing is left to do. */
  readonly chain: boolean
}

/** What is run in the allocation, without the folder of the run. */
export interface InnerCommand {
  readonly kind: 'run' | 'resume'
  /** Files and options. */
  readonly words: readonly string[]
  /** The command of a job, behind `--`; `null` for none. */
  readonly behind: readonly string[] | null
}

/** Name of the script in the folder of its run. */
export const SCRIPT = 'slurm.sh'

/** A batch script for sbatch: plain, and commented for those who adapt it to their site. */
export function batchScript(job: BatchJob): string {
  const ray = job.python === null ? [] : [rayScript(job.python)]
  return `${[HEAD, asks(job), RUNS, variables(job), ...ray, ending(job)].join('\n')}\n`
}

/** Ray is ended behind it. */
function ending(job: BatchJob): string {
  if (job.chain) return chained(job)
  return job.python === null ? `exec ${call(job)}` : call(job)
}

const HEAD = `#!/bin/bash
# Written by: longshore sbatch. Change what your site wants otherwise, and submit it by: sbatch ${SCRIPT}`

function asks({
  jobName,
  nodes,
  time,
  partition,
  account,
  qos,
  gpusPerNode,
  options,
  folder,
  output,
}: BatchJob): string {
  const given = [
    `--job-name=${quote(jobName)}`,
    `--nodes=${nodes}`,
    ...optional({ time, partition, account, qos, 'gpus-per-node': gpusPerNode }),
    ...options,
    `--chdir=${quote(folder)}`,
    `--output=${quote(output)}`,
  ]
  return `${directives(given)}
# Whole nodes: Longshore itself packs the jobs.
${directives(['--exclusive', '--mem=0'])}
# When a node dies the others go on, and SLURM starts nothing again by itself.
${directives(['--no-kill', '--no-requeue'])}
`
}

function optional(options: Readonly<Record<string, string | null>>): string[] {
  return Object.entries(options).flatMap(([name, value]) =>
    value === null ? [] : [`--${name}=${quote(value)}`],
  )
}

function directives(options: readonly string[]): string {
  return options.map(option => `#SBATCH ${option}`).join('\n')
}

const RUNS = `# Node and Longshore: on a file system that all nodes see. The driver runs on the first node, and starts an agent on
# each. A run that is in its folder already goes on there: what has succeeded is not run again.`

function variables({ node, program, runDir }: BatchJob): string {
  return `node=${quote(node)}\nlongshore=${quote(program)}\nrun=${quote(runDir)}\n`
}

function call({ python, command: { kind, words, behind } }: BatchJob): string {
  const ray = python === null ? [] : ['--address "$address" --python "$python"']
  const run = kind === 'resume' ? ['"$run"'] : ['--run-dir', '"$run"']
  const job = behind === null ? [] : ['--', ...behind.map(quote)]
  return ['"$node" "$longshore"', kind, ...words.map(quote), ...ray, ...run, ...job].join(' ')
}

/** Status 75: jobs are left that would not have ended before the end of this allocation. */
function chained(job: BatchJob): string {
  return `mkdir -p "$run" && cp "$0" "$run/${SCRIPT}"

# The allocation that follows waits until this one has ended, however it ends.
next=$(sbatch --parsable --dependency="afterany:$SLURM_JOB_ID" "$run/${SCRIPT}")
ended() { cat "$run/results.jsonl" 2>/dev/null | grep -cE '"status":"(succeeded|failed)"'; }
before=$(ended)

${call(job)}
status=$?

# 75: jobs are left for which the time was too short. 128 and more: ended by a signal. Then the next one goes on.
if ((status == 75 && $(ended) == before)); then
  echo "No job that is left fits into an allocation of this length: ask for more --time. The chain ends." >&2
  scancel "$next"
elif ((status != 75 && status < 128)); then
  scancel "$next"
fi
exit $status`
}
