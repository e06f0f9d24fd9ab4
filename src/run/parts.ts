import type { History } from '../actors/history/history.ts'
import type { Backend } from '../backends/backend.ts'
import type { Clock } from '../clock.ts'
import type { SchedulerOptions } from '../options.ts'
import type { System } from '../system.ts'
import type { RunJournal } from './journal.ts'
import type { RunNodes } from './nodes.ts'
import type { Resumption } from './resumption.ts'
import type { Warnings } from './warnings.ts'

/** What a run is put together from. */
export interface RunParts {
  readonly system: System
  readonly clock: Clock
  readonly backend: Backend
  readonly nodes: RunNodes
  readonly runDir: string
  readonly journal: RunJournal
  /** What an earlier scheduler has left of the run; `null` for a new one. */
  readonly resumption: Resumption | null
  /** What earlier runs have taught; `null` for a run that is not to know. */
  readonly history: History | null
  /** The socket at which the run can be asked from outside. */
  readonly control: { close(): Promise<void> }
  readonly inspector: { close(): Promise<void> } | null
  /** What there was to say before the run. */
  readonly warnings: Warnings
  readonly options: SchedulerOptions
}
