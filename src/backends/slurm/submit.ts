import { execa } from 'execa'
import { type Fault, InvalidOptionsError } from '../../errors.ts'

/** Submits a batch script and returns the number of the job. Throws an `InvalidOptionsError` where SLURM refuses it. */
export async function submit(script: string, environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const { failed, code, stdout, stderr } = await execa('sbatch', ['--parsable', script], {
    ...{ env: { ...environment, LC_ALL: 'C' }, extendEnv: false, reject: false, stdin: 'ignore' },
  })
  if (code === 'ENOENT') throw refusal({ where: 'sbatch', message: NO_SBATCH })
  // `--parsable` prints `12`, or `12;cluster`.
  const id = /^(\d+)/.exec(stdout)?.[1]
  if (!failed && id !== undefined) return id
  throw refusal({ where: 'sbatch', message: `SLURM refuses the job: ${reasonOf(stderr)}` })
}

function refusal(fault: Fault): InvalidOptionsError {
  return new InvalidOptionsError([fault])
}

const NO_SBATCH =
  "there is no sbatch in PATH: run this on a login node of the cluster, or load SLURM's module. longshore sbatch --print … shows the script without submitting it"

/** What sbatch says, without its own name and what it only repeats, and what can be done where that is known. */
function reasonOf(stderr: string): string {
  const lines = stderr.split('\n').flatMap(line => line.replace(/^sbatch: (error: )?/, '').trim() || [])
  const reasons = lines.map(line => line.replace(/^Batch job submission failed: /, ''))
  const advice = ADVICE.find(([pattern]) => reasons.some(reason => pattern.test(reason)))?.[1]
  const told = [...new Set(reasons)].join('; ')
  return advice === undefined ? told : `${told}. ${advice}`
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /configuration source|fetch_config/i,
    'SLURM is installed here, but knows no cluster: run this on a login node',
  ],
  [/partition/i, 'sinfo lists the partitions: choose one by --partition'],
  [/time (limit|specification)/i, 'Give --time as 90 (minutes), 1:30:00 or 2-12 (days-hours)'],
  [/account/i, 'sacctmgr show associations user=$USER lists your accounts: choose one by --account'],
  [
    /node configuration|node count/i,
    'No node of that partition has so much: sinfo -o "%P %D %c %m %G" lists what there is',
  ],
  [/Unable to contact/i, 'slurmctld does not answer: try again later'],
]
