import type { AnyEventObject, InspectionEvent, Snapshot } from 'xstate'
import { isActorRef } from './actorRef.ts'
import type { FollowedActor } from './followed.ts'
import { plain } from './plain.ts'
import { summaryOf } from './summary.ts'

/**
 * What `@statelyai/inspect` is given in place of an inspection event: the same, made of plain data as it was at this
 * moment, so that turning it into text later costs little, and cannot fail. A sender that is not `known` is left out.
 * `null` for what the inspector does not draw.
 */
export function digest(
  event: InspectionEvent,
  known: ReadonlyMap<string, FollowedActor>,
): InspectionEvent | null {
  switch (event.type) {
    case '@xstate.actor':
      return introduction({ ref: event.actorRef, rootId: event.rootId }, NEWBORN)
    case '@xstate.event':
      return {
        type: event.type,
        rootId: event.rootId,
        actorRef: event.actorRef,
        sourceRef: event.sourceRef && known.get(event.sourceRef.sessionId)?.ref,
        event: plainEvent(event.event),
      }
    case '@xstate.snapshot':
      return {
        type: event.type,
        rootId: event.rootId,
        actorRef: event.actorRef,
        event: plainEvent(event.event),
        snapshot: plainSnapshot(event.snapshot),
      }
    default:
      return null
  }
}

/** An actor that is being made cannot be asked for its snapshot yet. */
const NEWBORN: Snapshot<unknown> = { status: 'active', output: undefined, error: undefined }

/** An actor as `@statelyai/inspect` reads one: its id, its parent, its machine's definition, its state. */
export function introduction({ ref, rootId }: FollowedActor, snapshot: Snapshot<unknown>): InspectionEvent {
  const { sessionId, send } = ref
  const known = isActorRef(ref) ? { id: ref.id, logic: ref.logic, _parent: ref._parent } : { id: sessionId }
  const state = plainSnapshot(snapshot)
  const actorRef = { ...known, sessionId, send, getSnapshot: () => state }
  return { type: '@xstate.actor', rootId, actorRef }
}

/** Where an actor stands now, as if it had just come there. */
export function standing({ ref, rootId }: FollowedActor): InspectionEvent {
  const snapshot = plainSnapshot(ref.getSnapshot())
  return { type: '@xstate.snapshot', rootId, actorRef: ref, event: { type: 'inspector.connected' }, snapshot }
}

function plainEvent(event: AnyEventObject): AnyEventObject {
  const copy = plain(event)
  return typeof copy === 'object' ? { ...copy, type: event.type } : { type: event.type }
}

function plainSnapshot(snapshot: Snapshot<unknown>): Snapshot<unknown> {
  const told = {
    context: plain(summaryOf(snapshot)),
    ...('value' in snapshot && { value: plain(snapshot.value) }),
  }
  const { status } = snapshot
  return status === 'error'
    ? { ...told, status, output: undefined, error: plain(snapshot.error) }
    : { ...told, status, output: undefined, error: undefined }
}
