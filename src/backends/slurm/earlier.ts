import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LongshoreError } from '../../errors.ts'
import type { BackendHost } from '../backend.ts'
import type { Allocation } from './allocation.ts'
import type { Scontrol } from './scontrol.ts'

/** In the folder of a run: the numbers of the allocations that it was in, a line each. */
const ALLOCATIONS = 'slurm.allocations'

/**
 * Notes the allocation that the run is in from now on; returns whether it was there before. Throws a `LongshoreError` where commands of the run may still run
 * in an earlier one, which has not ended: from this one nobody can end or follow them.
 */
export async function moveTo(
  jobId: string,
  { runDir, open }: Pick<BackendHost, 'runDir' | 'open'>,
  scontrol: Scontrol,
): Promise<boolean> {
  const path = join(runDir, ALLOCATIONS)
  const earlier = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []
  if (open.size > 0)
    for (const id of earlier) if (id !== jobId) mustHaveEnded(id, await scontrol.allocation(id), runDir)
  const isSame = earlier.includes(jobId)
  if (!isSame) appendFileSync(path, `${jobId}\n`, { mode: 0o600 })
  return isSame
}

function mustHaveEnded(id: string, allocation: Allocation | null, runDir: string): void {
  if (allocation === null || ENDED.has(allocation.state)) return
  throw new LongshoreError(
    `commands of this run may still run in SLURM allocation ${id} (${allocation.state}): go on with the run there (SLURM_JOB_ID=${id} longshore resume --backend slurm ${runDir}), or end that allocation first: scancel ${id}`,
  )
}

const ENDED = new Set([
  ...['BOOT_FAIL', 'CANCELLED', 'COMPLETED', 'DEADLINE', 'FAILED', 'NODE_FAIL', 'OUT_OF_MEMORY'],
  ...['PREEMPTED', 'REVOKED', 'TIMEOUT'],
])
