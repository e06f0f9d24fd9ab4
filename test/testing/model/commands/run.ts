import type { Ending } from '../../../../src/job.ts'
import { checkNoStandstill } from '../laws.ts'
import type { ModelJob } from '../model.ts'
import { FAILURE } from '../plan.ts'
import { hasEnded, type Real } from '../real.ts'
import { commandOf, type SystemCommand } from './jobs.ts'

const KILLED: Partial<Ending> = {
  ok: false,
  exitCode: null,
  signal: 'SIGKILL',
  failure: { reason: 'signal', message: 'killed by SIGKILL' },
}
const ENDINGS: Record<string, Partial<Ending>> = { well: {}, failed: FAILURE, killed: KILLED }

/** Time passes: what is due is started, ends, is timed out, is retried. */
export function pass(seconds: number): SystemCommand {
  return commandOf(`pass(${seconds} s)`, (_, real) => {
    real.system.clock.advance(seconds * 1000)
    checkNoStandstill(real)
  })
}

/** The run is started, paused, continued, drained. */
export function control(what: 'start' | 'pause' | 'continue' | 'drain'): SystemCommand {
  return commandOf(what, (_, { system }) => system[what]())
}

/** A job is cancelled; one that has ended stays as it is. */
export function cancel(nth: number): SystemCommand {
  return commandOf(
    `cancel(${nth})`,
    (model, real) => {
      const ids = [...model.jobs.keys()]
      const id = ids[nth % ids.length] ?? ''
      const job = model.jobs.get(id)
      if (job && !hasEnded(real, id)) job.cancelled = true
      real.system.cancel(id, 'unknown')
    },
    model => model.jobs.size > 0,
  )
}

/**
 * A job makes room on a node that is short of RAM. One with a time limit is left alone: whether that, or its own end,
 * comes first while it is asked to end is not for this model to tell.
 */
export function evict(nth: number): SystemCommand {
  return commandOf(`evict(${nth})`, (_, { system }) => {
    const live = [...system.state().live.values()].filter(({ pending }) => pending.job.timeoutS === null)
    const jobId = live[nth % live.length]?.pending.job.id
    if (jobId !== undefined) system.actor.send({ type: 'job.evict', jobId })
  })
}

/** An attempt ends by itself, well or not, or is killed from outside. */
export function end(nth: number, how: string): SystemCommand {
  return commandOf(`end(${nth}, ${how})`, (model, real) => {
    const live = [...real.system.state().live.values()]
    const one = live[nth % live.length]
    const executor = one && real.system.executors.get(one.node)
    if (!one || !executor?.running.has(one.placementId)) return
    // It will be made again whatever becomes of it now.
    if (one.ref.getSnapshot().matches('evicting')) return
    const { job, attempts } = one.pending
    const known = model.jobs.get(job.id)
    if (known) force(known, attempts + 1, how === 'well' && !isOver(real, job.timeoutS, one.startedAt))
    executor.end(one.placementId, ENDINGS[how])
  })
}

function force(job: ModelJob, attempt: number, ok: boolean): void {
  job.forced.set(attempt, ok)
}

/** An attempt over its time limit has failed, however it ends. */
function isOver({ system }: Real, timeoutS: number | null, startedAt: number | null): boolean {
  return timeoutS !== null && startedAt !== null && system.clock.now() - startedAt >= timeoutS * 1000
}
