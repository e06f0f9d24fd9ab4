import { type RecordedRun, readRun } from '../actors/record/read.ts'
import type { RecordedOutcome } from '../actors/record/results.ts'
import { InvalidOptionsError } from '../errors.ts'
import type { Job } from '../job.ts'
import { createTrustingEstimator } from '../machines/estimate/trusting.ts'
import type { NodeCapacity } from '../node.ts'
import { policyOf } from '../run/policyOf.ts'
import { NO_FIXED_RAM } from '../simulator/noFixedRam.ts'
import { checkMachines } from './checkMachines.ts'
import { planOn } from './compare.ts'
import { lowerBoundOf } from './lowerBound.ts'
import { nodesOf, titleOf } from './machines.ts'
import { nodesSeen } from './nodesSeen.ts'
import type { Replay } from './plan.ts'
import type { PlanOptions } from './planJobs.ts'
import { plannedJobs } from './planned.ts'
import type { Bar, Timeline } from './timeline.ts'
import { usesOf } from './uses.ts'

/** An outcome of a job that held a place. */
type Ran = RecordedOutcome & {
  readonly held: NonNullable<RecordedOutcome['held']>
  readonly startedAt: number
  readonly node: string
}

/**
 * What a run came to, from the record in its folder, and what was possible: the same jobs with the durations that they
 * had, simulated on its machine and on others. Of a job that was tried again only the last attempt is recorded. Throws
 * an `InvalidOptionsError` where the folder holds no run, or none of its jobs was started.
 */
export async function replayRun(
  path: string,
  options: Pick<PlanOptions, 'machines' | 'policy' | 'groupStarts'> = {},
): Promise<Replay> {
  const { machines: asked = [] } = options
  checkMachines(asked)
  const run = await readRun(path)
  const ran = run.outcomes.filter(hasRun)
  if (ran.length === 0)
    throw new InvalidOptionsError([{ where: path, message: 'none of the jobs of this run has been started' }])
  const timeline = timelineOf(run, ran)
  const estimator = createTrustingEstimator()
  const jobs = plannedJobs(ran.map(jobOf), NO_FIXED_RAM, estimator)
  const comparison = {
    ...{ jobs, estimator, fixedRam: NO_FIXED_RAM },
    ...{ policy: () => policyOf(options), beliefs: null },
  }
  const [here] = timeline.nodes as [NodeCapacity]
  const candidates = [
    { title: 'the same, simulated', nodes: timeline.nodes },
    ...asked.map(machine => ({ title: titleOf(machine), nodes: nodesOf(machine, here, jobs) })),
  ]
  return {
    kind: 'replay',
    runDir: run.runDir,
    startedAt: startOf(run, ran),
    durationS: timeline.endS,
    counts: countsOf(run.outcomes),
    firstEstimate: run.summary?.firstEstimate ?? null,
    sumS: ran.reduce((sum, { durationS }) => sum + durationS, 0),
    lowerBound: lowerBoundOf(jobs, timeline.nodes),
    uses: usesOf(timeline),
    machines: candidates.map(candidate => planOn(candidate, comparison).machine),
    timeline,
  }
}

function hasRun(outcome: RecordedOutcome): outcome is Ran {
  return outcome.held !== null && outcome.startedAt !== null && outcome.node !== null
}

/** A run that was resumed began with its first job, not where its summary says. */
function startOf({ summary }: RecordedRun, ran: readonly Ran[]): number {
  return ran.reduce((first, { startedAt }) => Math.min(first, startedAt), summary?.startedAt ?? Infinity)
}

function timelineOf(run: RecordedRun, ran: readonly Ran[]): Timeline {
  const startedAt = startOf(run, ran)
  const bars = ran.map(outcome => barOf(outcome, startedAt)).sort((a, b) => a.startS - b.startS)
  const endS = bars.reduce((last, bar) => Math.max(last, bar.endS), 0)
  return { bars, endS, nodes: run.summary?.nodes ?? nodesSeen(bars) }
}

function barOf(outcome: Ran, runStartedAt: number): Bar {
  const { id, name, group, node, status, held, startedAt, durationS } = outcome
  const startS = Math.max(0, (startedAt - runStartedAt) / 1000)
  return { id, name, group, node, status, startS, endS: startS + durationS, ...held }
}

/** Shortest duration that is planned with, in seconds: a job that ended at once still took something. */
const SHORTEST_S = 0.001

/** The job as it was: what it held is what it asks for, and it takes as long as it took. */
function jobOf({ id, name, group, held, durationS }: Ran): Job {
  const { threads, ramGb, cores, gpus, gpuShare, gpuRamGb, resources } = held
  const amounts = { threads, ramGb, gpuRamGb, resources }
  return {
    ...{ id, name, group, run: { kind: 'command', command: [] }, timeS: Math.max(SHORTEST_S, durationS) },
    request: { ...amounts, gpus: gpus.length, gpuShare: gpuShare || 1, physicalCores: cores.length },
    ...{ priority: 0, retries: 0, timeoutS: null, env: {}, cwd: null },
  }
}

function countsOf(outcomes: readonly RecordedOutcome[]): Replay['counts'] {
  const counts = { succeeded: 0, failed: 0, cancelled: 0 }
  for (const { status } of outcomes) counts[status] += 1
  return counts
}
