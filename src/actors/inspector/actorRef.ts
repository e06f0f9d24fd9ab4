import { Actor, type AnyActorLogic, StateMachine } from 'xstate'
import { jobMachine } from '../../machines/job.ts'

/** Whether a value is an actor of XState's. */
export function isActorRef(value: unknown): value is Actor<AnyActorLogic> {
  return value instanceof Actor
}

/** Whether an actor runs a job's machine. */
export function isJob(ref: unknown): boolean {
  return isActorRef(ref) && ref.logic instanceof StateMachine && ref.logic.id === jobMachine.id
}
