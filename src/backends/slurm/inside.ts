import { InvalidOptionsError } from '../../errors.ts'

/** Number of the allocation in which this process runs. Throws an `InvalidOptionsError` outside of one. */
export function allocationIdFrom(environment: Readonly<Record<string, string | undefined>>): string {
  const id = environment['SLURM_JOB_ID'] ?? environment['SLURM_JOBID']
  if (id !== undefined && /^\d+$/.test(id)) return id
  throw new InvalidOptionsError([{ where: 'backend', message: OUTSIDE }])
}

const OUTSIDE = `slurm uses the nodes of a SLURM allocation, and this is not in one (SLURM_JOB_ID is not set). Either
  longshore sbatch --nodes 2 --time 1:00:00 -- run FILE      submits a job that does it, or
  salloc --nodes=2 --time=1:00:00 --exclusive --mem=0        gives you an allocation and a shell in which it can be done`
