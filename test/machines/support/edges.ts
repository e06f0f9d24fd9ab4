import {
  type AnyActorLogic,
  type EventFromLogic,
  type InputFrom,
  type SnapshotFrom,
  transition,
} from 'xstate'
import { getShortestPaths } from 'xstate/graph'

/** A way through a machine: each event, and the state in which the machine should be after it. */
export type Route<TLogic extends AnyActorLogic> = readonly {
  readonly event: EventFromLogic<TLogic>
  readonly state: SnapshotFrom<TLogic>
}[]

export interface Exploration<TLogic extends AnyActorLogic> {
  readonly events: readonly EventFromLogic<TLogic>[]
  readonly input: InputFrom<TLogic>
  /** Tells states apart: all that matters for what can come next. */
  readonly serializeState: (state: SnapshotFrom<TLogic>) => string
}

/**
 * The shortest way to every state that the events can reach, and from there one step further by each event: so every
 * edge of the graph is on one of the routes, those included that change nothing.
 */
export function routesOf<TLogic extends AnyActorLogic>(
  logic: TLogic,
  { events, input, serializeState }: Exploration<TLogic>,
): Route<TLogic>[] {
  const options = { events, input, serializeState } as Parameters<typeof getShortestPaths<TLogic>>[1]
  return getShortestPaths(logic, options).flatMap(path => {
    const there = path.steps.slice(1) as Route<TLogic>
    return events.map(event => [...there, { event, state: after(logic, path.state, event) }])
  })
}

/** A machine that is done stays as it is. */
function after<TLogic extends AnyActorLogic>(
  logic: TLogic,
  state: ReturnType<TLogic['transition']>,
  event: EventFromLogic<TLogic>,
): SnapshotFrom<TLogic> {
  const next = state.status === 'active' ? transition(logic, state as SnapshotFrom<TLogic>, event)[0] : state
  return next as SnapshotFrom<TLogic>
}

/** `job.placed → job.started → job.lost`, for the message of a failed expectation. */
export function titleOf(route: readonly { readonly event: { readonly type: string } }[]): string {
  return route.map(({ event }) => event.type).join(' → ')
}
