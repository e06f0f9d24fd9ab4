import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'

/** A state of a machine, as it is drawn. */
export interface ChartState {
  /** Path from the root, joined by `_`: `timingOut_killing`. */
  readonly id: string
  readonly name: string
  readonly description: string | undefined
  readonly final: boolean
  /** Id of the state that it begins in; none for a leaf. */
  readonly initial: string | undefined
  readonly states: readonly ChartState[]
  /** Actions that it begins with. */
  readonly entry: readonly string[]
  /** What happens without leaving it, a line each: `ledger.reserve [known] / refuse duplicate`. */
  readonly inside: readonly string[]
  /** Ways out of it. */
  readonly edges: readonly ChartEdge[]
}

/** A transition from one state to another. */
export interface ChartEdge {
  readonly from: string
  readonly to: string
  /** `job.exited [succeeded]`, `after grace`, `[nothingRuns]`. */
  readonly label: string
}

/** What a machine's definition says, in the words of its diagram. The root has the empty id. */
export function statechartOf(machine: AnyStateMachine): ChartState {
  return stateOf(machine.root)
}

function stateOf(node: AnyStateNode): ChartState {
  const transitions = [...node.transitions.values(), node.always ?? []].flatMap(labelled)
  const states = Object.values<AnyStateNode>(node.states)
  return {
    id: idOf(node),
    name: node.key,
    description: node.description,
    final: node.type === 'final',
    initial: states.length > 0 ? node.initial.target.map(idOf)[0] : undefined,
    states: states.map(stateOf),
    entry: namesOf(node.entry),
    inside: [
      ...node.invoke.map(({ id }) => `invokes ${id}`),
      ...transitions.filter(({ targets }) => targets.length === 0).map(insideLine),
    ],
    edges: transitions.flatMap(({ label, targets }) => targets.map(to => ({ from: idOf(node), to, label }))),
  }
}

function idOf(node: AnyStateNode): string {
  return node.path.join('_')
}

interface Labelled {
  readonly label: string
  readonly targets: readonly string[]
  readonly actions: readonly unknown[]
}

/** The transitions of one event, in the order in which they are tried. */
function labelled(transitions: readonly AnyTransitionDefinition[]): Labelled[] {
  return transitions.map((transition, i) => {
    const targets: readonly AnyStateNode[] = transition.target ?? []
    return { label: labelOf(transition, i > 0), targets: targets.map(idOf), actions: transition.actions }
  })
}

/** A transition that goes nowhere and does nothing is there to keep others from being taken. */
function insideLine({ label, actions }: Labelled): string {
  const names = actions.length === 0 ? ['ignored'] : namesOf(actions)
  return names.length === 0 ? label : `${label} / ${names.join(', ')}`
}

function labelOf(transition: AnyTransitionDefinition, otherwise: boolean): string {
  const { eventType, guard } = transition
  const cause = 'delay' in transition ? `after ${duration(transition.delay)}` : eventType
  const condition = guard ? `[${guardName(guard)}]` : otherwise ? '[else]' : ''
  return [cause, condition].filter(Boolean).join(' ') || 'at once'
}

function duration(delay: unknown): string {
  return typeof delay === 'number' ? `${delay} ms` : String(delay)
}

/** Name of a guard; combined ones are written out: `a and b`, `not a`. */
function guardName(guard: unknown): string {
  if (typeof guard === 'string') return guard
  if (typeof guard === 'function') return combined(guard) ?? (guard.name || 'condition')
  return typeof guard === 'object' && guard && 'type' in guard ? String(guard.type) : 'condition'
}

function combined(guard: object): string | undefined {
  if (!('guards' in guard) || !Array.isArray(guard.guards)) return undefined
  const names = guard.guards.map(guardName)
  const operator = 'name' in guard ? String(guard.name) : ''
  return names.length === 1 ? `${operator} ${names[0]}` : names.join(` ${operator} `)
}

/** Names of actions with the values that they are given where these stand in the definition. Nameless ones are left out. */
function namesOf(actions: readonly unknown[]): string[] {
  return actions.flatMap(action => {
    if (typeof action === 'string') return action
    if (typeof action !== 'object' || !action || !('type' in action)) return []
    const params = 'params' in action && typeof action.params === 'object' ? (action.params ?? {}) : {}
    return [action.type, ...Object.values(params)].join(' ')
  })
}
