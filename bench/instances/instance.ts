import type { Job } from '../../src/job.ts'
import type { NodeCapacity } from '../../src/node.ts'
import { buildJob, buildNode } from '../../src/testing/builders.ts'

/** A recorded scheduling problem: jobs with what the user guessed and what was true. Seconds and GiB. */
export interface Instance {
  /** `FAMILY-N-SEED`. */
  readonly name: string
  readonly family: string
  readonly nodes: readonly InstanceNode[]
  readonly jobs: readonly InstanceJob[]
  /** Proven lower bound on the makespan with true durations; `null` where nobody has computed one. */
  readonly lowerBoundS: number | null
  /** What reference policies reach, by name of the policy. */
  readonly makespanS: { readonly exactEstimates: Makespans; readonly givenEstimates: Makespans }
}

export type Makespans = Readonly<Record<string, number>>

export interface InstanceNode {
  readonly threads: number
  readonly ramGb: number
  readonly gpus: number
  readonly gpuRamGb: number
}

export interface InstanceJob {
  readonly group: string
  readonly threads: number
  readonly ramGb: number
  readonly gpus: number
  readonly gpuShare: number
  readonly gpuRamGb: number
  /** What the user guessed. */
  readonly estimateS: number
  /** The truth, which a scheduler learns when the job ends. */
  readonly durationS: number
}

/** The nodes, as a system takes them. */
export function nodesOf({ nodes }: Instance): NodeCapacity[] {
  return nodes.map((node, i) => buildNode({ ...node, name: `node${i}`, cores: 0 }))
}

/** Which duration a job is said to have. */
export type Estimates = 'exact' | 'given'

/** The jobs, `j0`, `j1`, …, as a system takes them. */
export function jobsOf({ jobs }: Instance, estimates: Estimates): Job[] {
  return jobs.map(({ estimateS, durationS, gpuShare, ...job }, i) =>
    buildJob({
      ...job,
      id: `j${i}`,
      gpuShare: job.gpus > 0 ? gpuShare : 1,
      timeS: estimates === 'exact' ? durationS : estimateS,
    }),
  )
}

/** True seconds of the job that `jobsOf` made at a place of the list. */
export function durationOf({ jobs }: Instance, id: string): number {
  const durationS = jobs[Number(id.slice(1))]?.durationS
  if (durationS === undefined) throw new RangeError(`No job ${id} in this instance`)
  return durationS
}
