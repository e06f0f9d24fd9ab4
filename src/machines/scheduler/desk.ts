import { type ActorRefFrom, type AnyActorScope, fromTransition } from 'xstate'
import type { DeskEvent, JobReport, Receiver, SchedulerEvent } from '../../events.ts'
import type { Defer } from './signal.ts'

/** Whom the desk tells that something lies there, and how it waits until all has come that comes now. */
export interface DeskInput {
  readonly scheduler: Receiver<SchedulerEvent>
  readonly endOfTurn: Defer
}

/** What a desk remembers. */
export interface Desk extends DeskInput {
  /** What nobody has taken yet. */
  readonly reports: JobReport[]
}

/**
 * The scheduler's desk, and the parent of the actors of its jobs: gathers what they report, so that the scheduler takes it
 * in one go. What ends at the same time is one step of the scheduler, one commit of the journal and one pass.
 */
export const deskLogic = fromTransition(
  take,
  ({ input }: { input: DeskInput }): Desk => ({ ...input, reports: [] }),
)

function take(desk: Desk, event: DeskEvent, { stopChild }: AnyActorScope): Desk {
  if (event.type === 'desk.dismiss') stopChild(event.job)
  // A job in its final state says so to its parent as well, when its report has come.
  else if ('jobId' in event) gather(desk, event)
  return desk
}

function gather(desk: Desk, report: JobReport): void {
  desk.reports.push(report)
  if (desk.reports.length === 1) desk.endOfTurn(() => tell(desk))
}

function tell({ reports, scheduler }: Desk): void {
  if (reports.length > 0) scheduler.send({ type: 'jobs.reported' })
}

export type DeskRef = ActorRefFrom<typeof deskLogic>

/** What lies on the desk, and does so no longer. */
export function takeFrom(desk: DeskRef): JobReport[] {
  return desk.getSnapshot().context.reports.splice(0)
}
