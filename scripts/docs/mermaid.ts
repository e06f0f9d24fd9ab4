import type { ChartEdge, ChartState } from './statechart.ts'

/** Boxes close to each other: a page is narrow, and what is shrunk to fit is not read. */
const SPACING = '%%{init: {"state": {"nodeSpacing": 20, "rankSpacing": 35}}}%%'
/** Characters. */
const WIDEST = { label: 20, line: 28 }

/**
 * A statechart as the text of a Mermaid diagram, which GitHub draws. What can be done from everywhere comes first: then
 * it is laid out beside the rest, not through it.
 */
export function mermaidOf(root: ChartState): string {
  return [SPACING, 'stateDiagram-v2', ...indent([...arrows(root.edges), ...inner(root)])].join('\n')
}

/** What a compound state is made of. */
function inner(compound: ChartState): string[] {
  const { initial, states } = compound
  return [
    ...(initial ? [`[*] --> ${initial}`] : []),
    ...states.flatMap(state => (state.initial ? composite(state) : leaf(state))),
    ...wholeOf(compound),
    ...lastFirst(states).flatMap(arrows),
    ...states.filter(({ final }) => final).map(({ id }) => `${id} --> [*]`),
  ]
}

function composite(state: ChartState): string[] {
  return [`state "${state.name}" as ${state.id} {`, ...indent(inner(state)), '}']
}

function leaf({ id, name, description, inside }: ChartState): string[] {
  return box(id, name, description, inside)
}

/** What is said of a compound state, and what it does in each of its states, stands in a box of its own: its frame has room for its name alone. */
function wholeOf({ id, description, inside, edges }: ChartState): string[] {
  const isRoot = id === ''
  const says = description !== undefined || inside.length > 0 || (isRoot && edges.length > 0)
  return says ? box(wholeId(id), 'in each state', description, inside) : []
}

/** The root has no frame either: the arrows that can be taken from every state start at its box. */
function wholeId(id: string): string {
  return id === '' ? 'each' : `${id}_each`
}

function box(id: string, name: string, description: string | undefined, inside: readonly string[]): string[] {
  const lines = [...wrapped(description ?? ''), ...inside]
  return [`state "${name}" as ${id}`, ...lines.map(line => `${id} : ${plain(line)}`)]
}

/** By target, then by source, the last ones first: so laid out, as seen, no label hides another and no arrow a box. */
function lastFirst(states: readonly ChartState[]): ChartEdge[][] {
  const edges = states.toReversed().flatMap(state => state.edges)
  const others = edges.filter(({ to }) => states.every(({ id }) => id !== to))
  return [...states.toReversed().map(({ id }) => edges.filter(({ to }) => to === id)), others]
}

/** One arrow for all that leads from one state to another. */
function arrows(edges: readonly ChartEdge[]): string[] {
  const labels = new Map<string, string[]>()
  for (const { from, to, label } of edges) {
    const arrow = `${from || wholeId('')} --> ${to}`
    labels.set(arrow, [...(labels.get(arrow) ?? []), ...broken(label)])
  }
  return [...labels].map(([arrow, lines]) => `${arrow} : ${lines.map(plain).join('<br/>')}`)
}

/** A long label has its condition on a line of its own. */
function broken(label: string): string[] {
  return label.length > WIDEST.label ? label.split(/ (?=\[)/) : [label]
}

function wrapped(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && `${last} ${word}`.length <= WIDEST.line) lines.splice(-1, 1, `${last} ${word}`)
    else if (word !== '') lines.push(word)
  }
  return lines
}

/** Colons and semicolons end what Mermaid takes for a text. */
function plain(text: string): string {
  return text.replaceAll(':', '꞉').replaceAll(';', ',')
}

function indent(lines: readonly string[]): string[] {
  return lines.map(line => `  ${line}`)
}
