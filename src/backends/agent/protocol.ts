import type { CommandStand } from '../../actors/command/executor.ts'
import type { Work } from '../../executor.ts'
import type { Ending } from '../../job.ts'
import type { FixedRam, NodeCapacity } from '../../node.ts'
import type { SchedulerOptions } from '../../options.ts'
import type { MemoryLook } from '../../probe/memoryLook.ts'
import type { BareRam } from './bareRam.ts'

/** Both ends must speak the same: an agent may have been started from another version of the package. */
export const AGENT_PROTOCOL = 1

/** What its engine says that jobs may use of a node, where it says so. What is measured there counts where it is less. */
export interface NodeLimits {
  readonly threads?: number
  /** GiB. */
  readonly ramGb?: number
  /** What `CUDA_VISIBLE_DEVICES` takes, for each GPU. Those that the node does not see are taken at the engine's word. */
  readonly gpus?: readonly { readonly id: string; readonly ramGb?: number }[]
}

/** The options of a run that say what to use of a machine. */
export type ProbeOptions = Pick<
  SchedulerOptions,
  'maxThreads' | 'ramFactor' | 'gpuRamFactor' | 'capacity' | 'cudaContextGb' | 'workerRamFactor'
>

/** Says to an agent who it is, and for whom it works. */
export interface AgentHello {
  readonly type: 'hello'
  readonly protocol: number
  /** Name of the node. */
  readonly node: string
  /** The run's folder, absolute, on a file system that all nodes share. */
  readonly runDir: string
  /** Whether the run can be resumed: then commands outlive their agent and their scheduler. */
  readonly isKept: boolean
  /** Where jobs run that name no folder. */
  readonly cwd: string
  /** Laid over the agent's own environment: what jobs start from. */
  readonly env: Readonly<Record<string, string>>
  readonly options: ProbeOptions
  readonly limits: NodeLimits
  /** What the scheduler has measured of bare processes: under the same Node it need not be measured again. */
  readonly bare: BareRam | null
  /** Commands that an earlier agent may have left there: the output file of each by the id of its placement. */
  readonly open: Readonly<Record<string, string>>
  /** Seconds without a word of the scheduler after which the agent ends all that it runs, and itself. */
  readonly leaseS: number
  /**
   * `end`: an end of the orders means that the engine has given the node up, so all ends at once. Where it is left out
   * it means that the scheduler is gone, and commands go on.
   */
  readonly atEnd?: 'end'
}

/** What an agent is told, a JSON line each. An end of the orders without `end` means that the scheduler is gone. */
export type AgentOrder =
  /** Comes first. */
  | AgentHello
  /** Start a job. The arguments of a task come apart: `v8.serialize`, in base64. */
  | { readonly type: 'start'; readonly work: Work; readonly args?: string }
  | { readonly type: 'terminate'; readonly id: string }
  | { readonly type: 'kill'; readonly id: string }
  /** The endings of these placements are in the journal: they may be forgotten. */
  | { readonly type: 'acknowledge'; readonly ids: readonly string[] }
  /** The scheduler lives: sent each second, whatever else is said. */
  | { readonly type: 'beat' }
  /** The scheduler is gone, but not what carries its orders: tasks end, commands go on, and then the agent ends. */
  | { readonly type: 'alone' }
  /** End what runs, and yourself. */
  | { readonly type: 'end' }

/** An `Ending` as it crosses: what may be more than JSON (`value`, `failure`) by `v8.serialize`, in base64. */
export type PackedEnding = Omit<Ending, 'value' | 'failure'> & { readonly rest?: string }

/** What an agent tells, a JSON line each. */
export type AgentReport =
  /** It is ready; the answer to `hello`. */
  | {
      readonly type: 'here'
      readonly protocol: number
      readonly capacity: NodeCapacity
      readonly totalGb: number
      readonly fixedRam: FixedRam
      readonly warnings: readonly string[]
      readonly stands: readonly CommandStand[]
    }
  /** It cannot work, and ends; one line for people. */
  | { readonly type: 'refused'; readonly why: string }
  | { readonly type: 'started'; readonly id: string; readonly at: number; readonly pid: number | null }
  | { readonly type: 'progressed'; readonly id: string; readonly fraction: number }
  /** It has ended, and nothing of it runs any more. */
  | { readonly type: 'exited'; readonly id: string; readonly ending: PackedEnding }
  /** It lives: sent each second. With what the node has of RAM, and the resident RAM in GiB of jobs where that has changed. */
  | {
      readonly type: 'beat'
      readonly memory: MemoryLook | null
      readonly ram: readonly (readonly [id: string, ramGb: number])[]
    }
