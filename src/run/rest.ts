import type { Clock } from '../clock.ts'
import { unfinished } from '../machines/scheduler/state.ts'
import type { SchedulerActor } from '../system.ts'

/**
 * Resolves when nothing runs, and nothing will be placed unless somebody says so; rejects when the scheduler's actor
 * has failed, which is a defect of Longshore.
 */
export async function rest(actor: SchedulerActor): Promise<void> {
  // What was sent to the actor from within an event that it tells is in its mailbox still.
  await null
  if (isAtRest(actor)) return
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const idle = actor.on('scheduler.idle', () => resolve())
  const end = actor.subscribe({ error: reject, complete: resolve })
  try {
    await promise
  } finally {
    idle.unsubscribe()
    end.unsubscribe()
  }
}

/** The same, or when so many seconds have passed. */
export async function restWithin(actor: SchedulerActor, seconds: number, clock: Clock): Promise<void> {
  const over = Promise.withResolvers<void>()
  const timer = clock.setTimeout(over.resolve, seconds * 1000)
  await Promise.race([rest(actor), over.promise]).finally(() => clock.clearTimeout(timer))
}

function isAtRest(actor: SchedulerActor): boolean {
  const { value, context } = actor.getSnapshot()
  return value === 'drained' || value === 'closed' || unfinished(context) === 0
}
