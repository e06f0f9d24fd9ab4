/**
 * The means with which Longshore tests itself, for tests of your own job sets: the real machines, ledgers and policies
 * under a simulated clock, with scripted executors in place of processes.
 */
export type { JobFailure, Outcome, OutcomeStatus } from '../job.ts'
export type { FixedRam, NodeCapacity } from '../node.ts'
export type { RunEvent } from '../progress.ts'
export { SimulatedClock } from '../simulator/clock.ts'
export { type Play, type Script, SimulatedExecutor } from '../simulator/executor.ts'
export { type FaultOptions, faultsBySeed } from '../simulator/faults.ts'
export { type LostNodesOptions, loseNodesBySeed } from '../simulator/lostNodes.ts'
export { NO_FIXED_RAM } from '../simulator/noFixedRam.ts'
export {
  type GivenJobs,
  type SimulatedSystem,
  type SimulatedSystemOptions,
  simulateSystem,
} from '../simulator/system.ts'
export { buildJob, buildNode, buildRequest, type JobDraft, type NodeDraft } from './builders.ts'
export { brokenInvariants, checkInvariants, type WatchedSystem } from './invariants/index.ts'
