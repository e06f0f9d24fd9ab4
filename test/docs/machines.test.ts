import { describe, expect, it } from 'vitest'
import { type AnyStateNode, and, not, setup } from 'xstate'
import { documentedComments, MACHINES } from '../../scripts/docs/machines.ts'
import { mermaidOf } from '../../scripts/docs/mermaid.ts'
import { statechartOf } from '../../scripts/docs/statechart.ts'

describe('the diagram of a machine', () => {
  const machine = setup({
    types: { events: {} as { type: 'go' | 'stop' | 'poke' } },
    guards: { ready: () => true, tired: () => true },
    actions: { greet: () => {}, count: (_, _params: { by: number }) => {} },
    delays: { patience: 1000 },
  }).createMachine({
    id: 'walker',
    initial: 'idle',
    on: { poke: { actions: { type: 'count', params: { by: 2 } } }, stop: '.gone' },
    states: {
      idle: {
        description: 'Waits: for a go; or for ever',
        entry: 'greet',
        on: {
          go: [{ guard: and(['ready', not('tired')]), target: 'walking' }, { target: 'gone' }],
          poke: [{ guard: 'ready', actions: 'greet' }, {}],
        },
        after: { patience: 'gone' },
      },
      walking: {
        description: 'On the way',
        initial: 'slow',
        states: { slow: { after: { 500: 'fast' } }, fast: { on: { go: 'slow' } } },
        always: { guard: 'tired', target: 'gone' },
      },
      gone: { type: 'final' },
    },
  })

  it('says all that its definition says', () => {
    expect(mermaidOf(statechartOf(machine)).split('\n').slice(1)).toEqual([
      'stateDiagram-v2',
      '  each --> gone : stop',
      '  [*] --> idle',
      '  state "idle" as idle',
      '  idle : Waits꞉ for a go, or for ever',
      '  idle : poke [ready] / greet',
      '  idle : poke [else] / ignored',
      '  state "walking" as walking {',
      '    [*] --> walking_slow',
      '    state "slow" as walking_slow',
      '    state "fast" as walking_fast',
      '    state "in each state" as walking_each',
      '    walking_each : On the way',
      '    walking_slow --> walking_fast : after 500 ms',
      '    walking_fast --> walking_slow : go',
      '  }',
      '  state "gone" as gone',
      '  state "in each state" as each',
      '  each : poke / count 2',
      '  walking --> gone : [tired]',
      '  idle --> gone : go [else]<br/>after patience',
      '  idle --> walking : go<br/>[ready and not tired]',
      '  gone --> [*]',
    ])
  })

  it('names what a state begins with', () => {
    expect(statechartOf(machine).states[0]?.entry).toEqual(['greet'])
  })
})

/** Every state of a machine below its root. */
function statesOf(node: AnyStateNode): AnyStateNode[] {
  return Object.values<AnyStateNode>(node.states).flatMap(child => [child, ...statesOf(child)])
}

describe.each(MACHINES)('the diagram of the $title', ({ machine, events }) => {
  const lines = mermaidOf(statechartOf(machine))
    .split('\n')
    .map(line => line.trim())
  const states = statesOf(machine.root)
  const idOf = ({ path }: AnyStateNode) => path.join('_')

  it('holds every state, by its name, and every beginning and end', () => {
    for (const state of states) {
      expect(lines).toContainEqual(expect.stringMatching(`^state "${state.key}" as ${idOf(state)}( \\{)?$`))
      if (state.type === 'final') expect(lines).toContain(`${idOf(state)} --> [*]`)
    }
    for (const state of [machine.root, ...states])
      for (const first of state.initial?.target ?? []) expect(lines).toContain(`[*] --> ${idOf(first)}`)
  })

  it('holds every transition once', () => {
    const all = [machine.root, ...states].flatMap(state => [
      ...[...state.transitions.values()].flat(),
      ...(state.always ?? []),
    ])
    const targeted = all.filter(({ target }) => target)
    for (const { source, target } of targeted)
      for (const to of target ?? [])
        expect(lines).toContainEqual(expect.stringMatching(`^${idOf(source) || 'each'} --> ${idOf(to)} : `))
    const labels = lines
      .filter(line => / --> \w+ : /.test(line))
      .flatMap(line => line.split('<br/>').filter((part, i) => i === 0 || !part.startsWith('[')))
    expect(labels).toHaveLength(targeted.length)
    const inside = lines.filter(line => /^\w+ : (after )?[a-zA-Z.]+( \[[^\]]+\])?( \/ .+)?$/.test(line))
    const kept = all.filter(({ target }) => !target)
    const nameOf = (eventType: string) => eventType.replace(/^xstate\.after\.(\w+)\..*/, 'after $1')
    for (const { eventType } of kept)
      expect(inside.filter(line => line.includes(` : ${nameOf(eventType)}`)).length).toBeGreaterThanOrEqual(
        kept.filter(other => nameOf(other.eventType) === nameOf(eventType)).length,
      )
  })

  it('is made of lines that Mermaid knows, with its braces in pairs', () => {
    const known = [
      /^%%\{init: .*\}%%$/,
      /^stateDiagram-v2$/,
      /^state "[^"]+" as \w+( \{)?$/,
      /^\}$/,
      /^\w+ : [^:;]+$/,
      /^(\w+|\[\*\]) --> (\w+|\[\*\])( : [^:;]+)?$/,
    ]
    expect(lines.filter(line => !known.some(form => form.test(line)))).toEqual([])
    expect(lines.filter(line => line.endsWith(' {'))).toHaveLength(lines.filter(line => line === '}').length)
  })

  it('stands above a table of all its events, each with its meaning', () => {
    const documented = documentedComments().eventsOf(events)
    expect(documented.filter(({ meaning }) => meaning === '')).toEqual([])
    const own = machine.events.filter(event => !event.startsWith('xstate.'))
    expect(documented.map(({ type }) => type).sort()).toEqual([...new Set(own)].sort())
  })
})
