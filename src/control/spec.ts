import { LongshoreError } from '../errors.ts'
import type { Job } from '../job.ts'
import { digestOf } from '../schema/ids.ts'

/**
 * A job in the keys of a job file, as it is sent to a run. An id that was only made up from the job's content is left
 * out: the run makes one that is free there. Throws a `LongshoreError` for a function, which cannot be sent.
 */
export function specOf(job: Job): Readonly<Record<string, unknown>> {
  const { id, name, group, run, request, timeS, priority, retries, timeoutS, env, cwd } = job
  if (run.kind === 'inline')
    throw new LongshoreError(
      `job "${id}" (${name}) is a function of this program, which another one cannot call`,
    )
  const { gpus, gpuShare, gpuRamGb, ...amounts } = request
  return {
    ...(!id.startsWith(digestOf(job)) && { id }),
    name,
    group,
    ...(run.kind === 'command' ? { command: run.command } : { task: run.module, args: run.args }),
    ...amounts,
    ...(gpus > 0 && { gpus, gpuShare, gpuRamGb }),
    ...(timeS !== null && { timeS }),
    priority,
    retries,
    ...(timeoutS !== null && { timeoutS }),
    env,
    ...(cwd !== null && { cwd }),
  }
}
