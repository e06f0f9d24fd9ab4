export { agentCommand } from './backends/agent/command.ts'
export type { NodeLimits } from './backends/agent/protocol.ts'
export type { Backend, BackendHost, BackendNode } from './backends/backend.ts'
export type { BackendName } from './backends/named.ts'
export { connectionOver, type LineConnection } from './backends/remote/connection.ts'
export { RemoteNodes, type RemoteNodesOptions, type StartedAgent } from './backends/remote/nodes.ts'
export type { Clock } from './clock.ts'
export { createScheduler } from './createScheduler.ts'
export {
  ClosedError,
  type Fault,
  InvalidJobsError,
  InvalidOptionsError,
  JournalError,
  LongshoreError,
  RunHeldError,
  type RunHolder,
  UnknownJobError,
} from './errors.ts'
export type {
  Asked,
  EndedExplanation,
  ExpectedStart,
  ExplainedJob,
  Explanation,
  GpuShortage,
  KeptPlace,
  LeftExplanation,
  NamedJob,
  NodeVerdict,
  PlacedExplanation,
  PlacementMoment,
  RecordedExplanation,
  RetryingExplanation,
  Shortage,
  WaitingExplanation,
  WaitReason,
} from './explanation.ts'
export type {
  InlineFunction,
  Job,
  JobContext,
  JobFailure,
  Outcome,
  OutcomeStatus,
  Placement,
  Request,
  Run,
} from './job.ts'
export { type ReadOptions, readAllJobs } from './jobfile/readJobs.ts'
export type { Demand } from './machines/placement/demand.ts'
export type { Free, Grant } from './machines/placement/free.ts'
export type { PolicyName } from './machines/placement/policies.ts'
export type { Decision, OpenNode, Policy, Situation, Trace } from './machines/placement/policy.ts'
export type { Bucket, PendingJob } from './machines/placement/queue.ts'
export {
  balancedReserve,
  longestFirst,
  type RuleOptions,
  rulePolicy,
} from './machines/placement/rulePolicy.ts'
export type { FixedRam, GpuCapacity, NodeCapacity, PhysicalCore } from './node.ts'
export type { CapacityOptions, Durability, SchedulerOptions } from './options.ts'
export type {
  LowerBound,
  MachineOptions,
  MachinePlan,
  Plan,
  Replay,
  ResourceUse,
  UnfitMachine,
} from './plan/plan.ts'
export { type PlanOptions, planJobs } from './plan/planJobs.ts'
export { replayRun } from './plan/replayRun.ts'
export type { Bar, Timeline } from './plan/timeline.ts'
export type {
  Counts,
  HistoryUse,
  Holding,
  NodeUse,
  Progress,
  RunEvent,
  RunningJob,
  RunPicture,
  RunReport,
  Stop,
  Use,
} from './progress.ts'
export { explanationText } from './reports/explanation/text.ts'
export { planSvg } from './reports/plan/planSvg.ts'
export type { ReportMode } from './reports/reporter.ts'
export type { Resumed } from './run/resumption.ts'
export type { JobHandle, Scheduler } from './scheduler.ts'
export type { JobSpec } from './schema/jobSpec.ts'
export { command, inline, task } from './schema/run.ts'
export type { SchedulerActor } from './system.ts'
