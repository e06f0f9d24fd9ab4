import type { JobFailure, Outcome, PlacedGpu, Request } from './job.ts'

/** Why a job stands where it stands: what `scheduler.explain(id)` answers. Times in ms since the epoch. */
export type Explanation = WaitingExplanation | RetryingExplanation | PlacedExplanation | EndedExplanation

/** What the folder of a run tells of a job to whoever is not its scheduler. */
export type RecordedExplanation = EndedExplanation | LeftExplanation

/** Which job, and when it was asked. */
export interface ExplainedJob {
  readonly id: string
  readonly name: string
  readonly group: string
  readonly at: number
}

/** Another job, as it is named to people. */
export interface NamedJob {
  readonly id: string
  readonly name: string
}

/** What a job takes of a node: what it asks for and the fixed RAM of its kind. */
export interface Asked {
  readonly threads: number
  /** GiB. */
  readonly ramGb: number
  /** Neighbouring physical cores. */
  readonly physicalCores: number
  readonly gpus: number
  /** Share of each GPU; 0 without GPUs. */
  readonly gpuShare: number
  /** GiB on each GPU; 0 without GPUs. */
  readonly gpuRamGb: number
  readonly resources: Readonly<Record<string, number>>
}

/** A resource of which a node has less free than a job asks for. */
export interface Shortage {
  /**
   * `threads`; `ramGb` (GiB); `physicalCores` (neighbours that are free side by side); `gpus` (those with enough share
   * and RAM free); `resources.NAME`.
   */
  readonly resource: string
  readonly asked: number
  readonly free: number
  /** What would have to be freed: `asked` − `free`, exactly. */
  readonly missing: number
}

/** A GPU that has not enough free for a job. */
export interface GpuShortage {
  /** Position among the node's GPUs. */
  readonly index: number
  /** Share that is missing, 0 where there is enough. */
  readonly share: number
  /** GiB that are missing, 0 where there are enough. */
  readonly ramGb: number
}

/** What a node has for a job. */
export interface NodeVerdict {
  readonly node: string
  /** Whether the job fits into what is free there. */
  readonly fits: boolean
  /** Whether it would fit if nothing ran there. */
  readonly fitsEmpty: boolean
  /** What is missing; none where it fits. */
  readonly missing: readonly Shortage[]
  /** Of a job that asks for more GPUs than fit: each that does not. */
  readonly gpus: readonly GpuShortage[]
}

/** A place that is kept free for a job. */
export interface KeptPlace {
  readonly for: NamedJob
  readonly node: string
  /** From when on it is expected to fit there. */
  readonly at: number
}

/** Why a job that waits is not placed. */
export type WaitReason =
  /** The run has not been started. */
  | { readonly kind: 'notStarted' }
  /** Placing is paused, until `continue()`. */
  | { readonly kind: 'paused' }
  /** The run was stopped: no more jobs are started. */
  | { readonly kind: 'stopped' }
  /** It would not end before the deadline, ms since the epoch; `by` names what ends then. */
  | { readonly kind: 'late'; readonly deadline: number; readonly by: string }
  /** There is no node that takes jobs. */
  | { readonly kind: 'noNode' }
  /** It is placed with the next pass, at once. */
  | { readonly kind: 'next'; readonly node: string }
  /** It fits on no node now. */
  | { readonly kind: 'full' }
  /** It fits, but would delay a job for which that place is kept. */
  | { readonly kind: 'kept'; readonly place: KeptPlace }
  /** It fits, but a job has been passed over so often that the nodes which could hold it take nothing else. */
  | { readonly kind: 'starving'; readonly for: NamedJob }
  /** It fits, but the policy leaves the room to jobs that wait for more of it. */
  | { readonly kind: 'behind'; readonly policy: string }

/** When a waiting job is expected to start, by a simulation of what is left. */
export interface ExpectedStart {
  readonly at: number
  /** How many of the waiting jobs are expected to start before it. */
  readonly after: number
}

/** A job that waits for a place. */
export interface WaitingExplanation extends ExplainedJob {
  readonly state: 'waiting'
  readonly asks: Asked
  /** Since when: it was added, or its wait after a failure was over. */
  readonly since: number
  /** Jobs that wait in all. */
  readonly waiting: number
  readonly reason: WaitReason
  readonly nodes: readonly NodeVerdict[]
  /** The place that is kept for this very job; `null` where there is none. */
  readonly kept: KeptPlace | null
  /** `null` where it cannot be said: placing stands still, the policy is no rule that can be simulated, too many wait or go before it. */
  readonly starts: ExpectedStart | null
}

/** A job that failed, and is to be tried again. */
export interface RetryingExplanation extends ExplainedJob {
  readonly state: 'retrying'
  readonly failure: JobFailure
  /** Attempts that have failed. */
  readonly attempts: number
  readonly retryAt: number
}

/** How the nodes looked when a job was placed. */
export interface PlacementMoment {
  /** 1 for the first that was placed then. */
  readonly rank: number
  /** Jobs that waited on. */
  readonly waiting: number
  /** Each node, its own among them, before it took its part. */
  readonly nodes: readonly NodeVerdict[]
  /** What was free on its own node. */
  readonly free: Asked
}

/** A job that holds a place: it runs, or is being started. */
export interface PlacedExplanation extends ExplainedJob {
  readonly state: 'placed' | 'running'
  readonly asks: Asked
  readonly node: string
  readonly placedAt: number
  /** `null` until its process runs. */
  readonly startedAt: number | null
  readonly attempt: number
  /** Positions of the physical cores that it is pinned to. */
  readonly cores: readonly number[]
  readonly gpus: readonly PlacedGpu[]
  /** When it is expected to end. */
  readonly endsAt: number
  readonly policy: string
  /** `null` where that was not noted. */
  readonly moment: PlacementMoment | null
}

/** A job that has ended. */
export interface EndedExplanation extends ExplainedJob {
  readonly state: 'ended'
  readonly outcome: Outcome
}

/** A job that has not ended, as the journal of its run has it: only the scheduler itself knows why it waits. */
export interface LeftExplanation extends ExplainedJob {
  readonly state: 'unfinished'
  /** As it was asked for, without fixed RAM. */
  readonly request: Request
  /** Whether a scheduler has this run now; if not, what ran there may have ended since. */
  readonly isRunning: boolean
  /** Attempts that have failed. */
  readonly attempts: number
  /** Where its present attempt was placed; `null` for one that waits. Times in ms since the epoch. */
  readonly place: {
    readonly node: string
    readonly placedAt: number
    readonly startedAt: number | null
  } | null
}
