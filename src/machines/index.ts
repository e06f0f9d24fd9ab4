/**
 * The machines, as XState draws and walks them: for `xstate/graph`, the visual editor, and tests of your own. They are
 * pure: no clock, no process, no file.
 */
export type {
  ExecutorEvent,
  GpuLedgerEvent,
  JobEvent,
  JobReport,
  LedgerEvent,
  LedgerRefusal,
  SchedulerEvent,
  Settlement,
} from '../events.ts'
export { type GpuLedgerState, gpuLedgerMachine } from './gpuLedger.ts'
export { type JobInput, type JobState, jobMachine } from './job.ts'
export { freeIn, type LedgerState, ledgerMachine } from './ledger.ts'
export { type SchedulerEmitted, schedulerMachine } from './scheduler/machine.ts'
export type { SchedulerPorts, SchedulerState } from './scheduler/state.ts'
