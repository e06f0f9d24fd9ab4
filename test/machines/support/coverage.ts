import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition, InspectionEvent } from 'xstate'

/**
 * Which states and transitions of a machine were really taken, against all that its own definition has. Every `on`,
 * `after` and `always` counts, and of guarded alternatives each one. Hand `inspect` to the actors under test.
 */
export class Coverage {
  readonly #machine: AnyStateMachine
  readonly #states: Map<AnyStateNode, boolean>
  readonly #transitions: Map<AnyTransitionDefinition, boolean>

  constructor(machine: AnyStateMachine) {
    this.#machine = machine
    const states = statesOf(machine.root)
    this.#states = new Map(states.map(state => [state, false]))
    this.#transitions = new Map(states.flatMap(transitionsOf).map(transition => [transition, false]))
  }

  readonly inspect = (event: InspectionEvent): void => {
    if (event.type !== '@xstate.microstep' && event.type !== '@xstate.snapshot') return
    if (!('machine' in event.snapshot) || event.snapshot.machine !== this.#machine) return
    if ('_nodes' in event.snapshot) this.#enter(event.snapshot._nodes as AnyStateNode[])
    if (event.type === '@xstate.microstep') this.#take(event._transitions)
  }

  #enter(states: readonly AnyStateNode[]): void {
    for (const state of states) if (this.#states.has(state)) this.#states.set(state, true)
  }

  #take(transitions: readonly AnyTransitionDefinition[]): void {
    for (const taken of transitions) if (this.#transitions.has(taken)) this.#transitions.set(taken, true)
  }

  /** What was never entered or taken. */
  missing(): string[] {
    return [
      ...[...this.#states].flatMap(([state, seen]) => (seen ? [] : [`state ${state.id}`])),
      ...[...this.#transitions].flatMap(([transition, seen]) => (seen ? [] : [describe(transition)])),
    ]
  }

  /** `job: 14/14 states, 28/28 transitions`, and a line for each that is missing. */
  report(): string {
    const seen = (all: ReadonlyMap<unknown, boolean>) =>
      `${[...all.values()].filter(Boolean).length}/${all.size}`
    const head = `${this.#machine.id}: ${seen(this.#states)} states, ${seen(this.#transitions)} transitions`
    return [head, ...this.missing().map(what => `  missing: ${what}`)].join('\n')
  }
}

function statesOf(state: AnyStateNode): AnyStateNode[] {
  return [state, ...Object.values(state.states).flatMap(statesOf)]
}

function transitionsOf(state: AnyStateNode): AnyTransitionDefinition[] {
  return [...[...state.transitions.values()].flat(), ...(state.always ?? [])]
}

/** `job.running on job.exited [ofThisAttempt and mayRetry] → job.retrying`. */
function describe({ source, eventType, guard, target }: AnyTransitionDefinition): string {
  const when = eventType ? `on ${eventType}` : 'always'
  const to = target?.map(({ id }) => id).join(', ') ?? 'itself'
  return `${source.id} ${when}${guard ? ` [${nameOf(guard)}]` : ''} → ${to}`
}

function nameOf(guard: unknown): string {
  if (typeof guard === 'string') return guard
  if (typeof guard !== 'function' || !('guards' in guard)) return 'guarded'
  const names = (guard.guards as unknown[]).map(nameOf)
  return names.length > 1 ? names.join(' and ') : `not ${names[0]}`
}
