import type { NodeCapacity } from '../node.ts'
import type { CapacityOptions } from '../options.ts'
import type { Counts, RunReport } from '../progress.ts'
import type { Timeline } from './timeline.ts'

/** A machine to compare with. What is not named is as on this machine. */
export interface MachineOptions extends CapacityOptions {
  /** So many of them, side by side. Default 1. */
  readonly nodes?: number
}

/** What no schedule can undercut, in seconds, and what sets it. */
export interface LowerBound {
  readonly seconds: number
  /** `longest job`, the name of a resource, or `RESOURCE: jobs side by side` where only so few of the large ones fit. */
  readonly by: string
  /** Name of the longest job, where that sets it. */
  readonly job?: string
}

/** How much of a resource is used between the start and the end of the run. */
export interface ResourceUse {
  /** `threads`, `RAM`, `GPU share`, `GPU RAM`, or the name of one of your own. */
  readonly name: string
  /** Of all nodes: threads, GiB, GPUs, or as you count it. */
  readonly capacity: number
  /** Mean over the time and the largest at one moment, as shares of the capacity, 0–1. */
  readonly mean: number
  readonly most: number
}

/** What is to be expected of the jobs on one machine. */
export interface MachinePlan {
  /** `this machine`, or what was asked for: `threads 64, GPUs 8`. */
  readonly title: string
  readonly nodes: readonly NodeCapacity[]
  /** Seconds that it takes if each job takes as long as predicted. */
  readonly makespanS: number
  /** Median in seconds of the futures in which durations are drawn from what is believed of them; `null` without draws. */
  readonly expectedS: number | null
  /** Lower and upper end in seconds of the 80 % interval of these futures. */
  readonly intervalS: readonly [number, number] | null
  readonly lowerBound: LowerBound
  readonly uses: readonly ResourceUse[]
}

/** A machine on which some of the jobs can never run, and why. */
export interface UnfitMachine {
  readonly title: string
  readonly nodes: readonly NodeCapacity[]
  /** How many jobs fit on no empty node of it. */
  readonly unfit: number
  /** The first reason, in a line for people. */
  readonly why: string
}

/** What is to be expected of jobs that have not been run: returned by `planJobs`. */
export interface Plan {
  readonly kind: 'plan'
  readonly jobs: number
  readonly groups: number
  /** Jobs of which nobody knows how long they take: 60 s are assumed. */
  readonly guesses: number
  /** Seconds that the jobs take one after the other. */
  readonly sumS: number
  /** This machine first, then those that were asked for. */
  readonly machines: readonly (MachinePlan | UnfitMachine)[]
  /** Of the first machine that takes all jobs. */
  readonly timeline: Timeline
}

/** What a run came to, and what would have been possible: returned by `replayRun`. */
export interface Replay {
  readonly kind: 'replay'
  readonly runDir: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Seconds from the start of the run to the end of its last job. */
  readonly durationS: number
  readonly counts: Pick<Counts, 'succeeded' | 'failed' | 'cancelled'>
  /** The first remaining time that was told; `null` where none was, or the run has no `summary.json`. */
  readonly firstEstimate: RunReport['firstEstimate']
  /** Seconds that the jobs took in all. */
  readonly sumS: number
  readonly lowerBound: LowerBound
  readonly uses: readonly ResourceUse[]
  /** The same jobs with the durations that they had, simulated: on the machine of the run first, then on others. */
  readonly machines: readonly (MachinePlan | UnfitMachine)[]
  readonly timeline: Timeline
}

/** Whether some of the jobs can never run there. */
export function isUnfit(machine: MachinePlan | UnfitMachine): machine is UnfitMachine {
  return 'unfit' in machine
}
