import type { AnyStateMachine } from 'xstate'
import { gpuLedgerMachine } from '../../src/machines/gpuLedger.ts'
import { jobMachine } from '../../src/machines/job.ts'
import { ledgerMachine } from '../../src/machines/ledger.ts'
import { schedulerMachine } from '../../src/machines/scheduler/machine.ts'
import { searchMachine } from '../../src/machines/search/machine.ts'
import { Comments } from './comments.ts'
import { mermaidOf } from './mermaid.ts'
import { type ChartState, statechartOf } from './statechart.ts'
import { table } from './table.ts'

/** A machine that is documented, and where its words stand. */
export interface DocumentedMachine {
  readonly title: string
  readonly machine: AnyStateMachine
  /** Name of the constant, whose doc comment introduces it. */
  readonly constant: string
  /** Name of the type of its events. */
  readonly events: string
  /** Its source, from the root of the project. */
  readonly source: string
}

/** Every machine of the system, in the order in which a reader needs them. */
export const MACHINES: readonly DocumentedMachine[] = [
  {
    title: 'Job',
    machine: jobMachine,
    constant: 'jobMachine',
    events: 'JobEvent',
    source: 'src/machines/job.ts',
  },
  {
    title: 'Scheduler',
    machine: schedulerMachine,
    constant: 'schedulerMachine',
    events: 'SchedulerEvent',
    source: 'src/machines/scheduler/machine.ts',
  },
  {
    title: 'Ledger',
    machine: ledgerMachine,
    constant: 'ledgerMachine',
    events: 'LedgerEvent',
    source: 'src/machines/ledger.ts',
  },
  {
    title: 'GPU ledger',
    machine: gpuLedgerMachine,
    constant: 'gpuLedgerMachine',
    events: 'GpuLedgerEvent',
    source: 'src/machines/gpuLedger.ts',
  },
  {
    title: 'Search',
    machine: searchMachine,
    constant: 'searchMachine',
    events: 'SearchEvent',
    source: 'src/machines/search/machine.ts',
  },
]

const ROOT = new URL('../../', import.meta.url)
const CONTRACTS = ['src/events.ts', 'src/executor.ts']

const INTRODUCTION = `# The machines

Every decision of a running system is made by one of these statecharts. This page is drawn from their definitions by
\`npm run docs\`: do not edit it.

How to read the diagrams: an arrow is an event that leads to another state, with its condition in brackets; conditions
are tried in the order of the definition, and \`[else]\` is what is left. A line inside a box is an event that leaves
the state as it is: \`event [condition] / actions\`; \`ignored\` means that nothing is done. What holds in each state of a
machine, or of a state with states of its own, stands in a box with that title.`

/** The page on the machines, docs/machines.md. */
export function machinesPage(): string {
  const comments = documentedComments()
  return `${[INTRODUCTION, ...MACHINES.flatMap(machine => section(machine, comments))].join('\n\n')}\n`
}

/** The doc comments of the machines and of their events. */
export function documentedComments(): Comments {
  return new Comments(
    [...MACHINES.map(({ source }) => source), ...CONTRACTS].map(path => new URL(path, ROOT)),
  )
}

function section(
  { title, machine, constant, events, source }: DocumentedMachine,
  comments: Comments,
): string[] {
  const chart = statechartOf(machine)
  return [
    `## ${title}`,
    comments.of(constant),
    `Defined in [${source}](../${source}).`,
    `\`\`\`mermaid\n${mermaidOf(chart)}\n\`\`\``,
    '### States',
    table(['State', 'Meaning', 'On entry'], chart.states.flatMap(stateRows)),
    '### Events',
    table(
      ['Event', 'Meaning'],
      comments.eventsOf(events).map(({ type, meaning }) => [`\`${type}\``, meaning]),
    ),
  ]
}

function stateRows({ id, description, entry, final, states }: ChartState): string[][] {
  const meaning = [description, final && 'The end'].filter(Boolean).join('. ')
  const row = [`\`${id.replaceAll('_', '.')}\``, meaning, entry.map(action => `\`${action}\``).join(', ')]
  return [row, ...states.flatMap(stateRows)]
}
