import type { BackendHost } from '../backend.ts'
import { type Allocation, isRunning } from './allocation.ts'
import { createScontrol } from './scontrol.ts'
import { glanceAt } from './view.ts'

/** Seconds that the run has to end in when the time of what ran is over. */
const CLOSING_S = 5

const LOOK_EVERY_S = 60

/** The end of an allocation, less the time that is needed to end what runs, and the run. */
export function tellEnd(host: BackendHost, allocation: Allocation | null): void {
  if (host.options.ignoreDeadline || !allocation) return
  const marginS = (host.options.graceS ?? 10) + CLOSING_S
  const isOver = !isRunning(allocation)
  const at = isOver ? host.clock.now() : allocation.endsAt && allocation.endsAt - marginS * 1000
  host.endBy(at, 'the end of the allocation')
}

/**
 * Where this process runs in an allocation, it ends with it, whosever nodes it uses: tells when, and looks each minute
 * whether that has changed. Resolves when it was told for the first time, with what ends it.
 */
export async function followEnd(
  host: BackendHost,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<() => void> {
  const { SLURM_JOB_ID: jobId } = environment
  if (jobId === undefined || host.options.ignoreDeadline) return () => {}
  const scontrol = createScontrol(environment)
  let timer: unknown = null
  let isStopped = false
  const look = async (): Promise<void> => {
    const view = await glanceAt(scontrol, jobId)
    if (isStopped) return
    tellEnd(host, view?.allocation ?? null)
    timer = host.clock.setTimeout(() => void look(), LOOK_EVERY_S * 1000)
  }
  await look()
  return () => {
    isStopped = true
    host.clock.clearTimeout(timer)
  }
}
