import { systemClock } from '../actors/clock.ts'
import { History } from '../actors/history/history.ts'
import { InvalidJobsError } from '../errors.ts'
import type { Job } from '../job.ts'
import type { Estimator } from '../machines/estimate/estimator.ts'
import { createLearningEstimator } from '../machines/estimate/learning.ts'
import { checkOptions, type SchedulerOptions } from '../options.ts'
import { historyPathOf } from '../run/historyPath.ts'
import { policyOf } from '../run/policyOf.ts'
import { lookAtThisMachine } from '../run/thisMachine.ts'
import { JobIds, type JobSpec, parseJobs } from '../schema/index.ts'
import { checkMachines } from './checkMachines.ts'
import { type Compared, planOn } from './compare.ts'
import { nodesOf, titleOf } from './machines.ts'
import type { MachineOptions, Plan } from './plan.ts'
import { type PlannedJob, plannedJobs } from './planned.ts'
import type { Timeline } from './timeline.ts'

/** Options of `planJobs`; each has a default. */
export interface PlanOptions
  extends Pick<
    SchedulerOptions,
    | 'maxThreads'
    | 'ramFactor'
    | 'gpuRamFactor'
    | 'capacity'
    | 'cudaContextGb'
    | 'policy'
    | 'groupStarts'
    | 'probeGroups'
    | 'retries'
    | 'history'
    | 'runDir'
  > {
  /** Other machines to compare with this one. Default: none. */
  readonly machines?: readonly MachineOptions[]
}

/**
 * What is to be expected of jobs, before anything is run: simulates them on this machine, and on others where they are
 * named. Throws an `InvalidOptionsError` when an option is wrong, and an `InvalidJobsError` that names every fault when
 * a job is malformed or some can run on none of the machines.
 *
 * ```ts
 * const plan = await planJobs(await readAllJobs(['jobs.jsonl']), { machines: [{ threads: 64, gpus: 8 }] })
 * ```
 */
export async function planJobs(specs: Iterable<JobSpec | Job>, options: PlanOptions = {}): Promise<Plan> {
  const { machines: asked = [], ...scheduling } = options
  checkOptions(scheduling)
  checkMachines(asked)
  const parsed = parseJobs(specs, new JobIds(), { retries: options.retries })
  const here = await lookAtThisMachine({ ...(needNoGpu(parsed) && NO_CUDA_PROBE), ...scheduling })
  const { capacity, fixedRam } = here
  const [estimator, beliefs] = [createLearningEstimator(), createLearningEstimator()]
  const known = recalled(parsed, options, [estimator, beliefs])
  // Only beliefs weigh estimates against each other: a prediction is what was said.
  for (const job of known) beliefs.expect(job)
  const jobs = plannedJobs(known, fixedRam, estimator)
  const comparison = { jobs, fixedRam, policy: () => policyOf(options), estimator, beliefs }
  const candidates = [
    { title: 'this machine', nodes: [capacity] },
    ...asked.map(machine => ({ title: titleOf(machine), nodes: nodesOf(machine, capacity, jobs) })),
  ]
  const compared = candidates.map(candidate => planOn(candidate, comparison))
  return { ...sumsOf(jobs), machines: compared.map(({ machine }) => machine), timeline: firstOf(compared) }
}

/** The jobs with what earlier runs say of them; estimators hear what those have taught. Writes nothing. */
function recalled(
  jobs: readonly Job[],
  options: PlanOptions,
  estimators: readonly Estimator[],
): readonly Job[] {
  const path = historyPathOf(options)
  if (path === null) return jobs
  const history = new History({ path, clock: systemClock, warn: warning => process.emitWarning(warning) })
  for (const estimator of estimators) estimator.remember(history.groups())
  const known = jobs.map(job => history.recall(job))
  history.close()
  return known
}

/** To make a CUDA context takes seconds, which jobs without a GPU need not wait for. */
const NO_CUDA_PROBE = { cudaContextGb: 0 }

function needNoGpu(jobs: readonly Job[]): boolean {
  return jobs.every(job => job.request.gpus === 0)
}

/** Where no machine takes all jobs, it counts what is wrong with this one. */
function firstOf(compared: readonly Compared[]): Timeline {
  const fit = compared.find(({ timeline }) => timeline !== null)
  if (fit?.timeline) return fit.timeline
  throw compared[0]?.error ?? new InvalidJobsError([])
}

function sumsOf(jobs: readonly PlannedJob[]): Pick<Plan, 'kind' | 'jobs' | 'groups' | 'guesses' | 'sumS'> {
  return {
    kind: 'plan',
    jobs: jobs.length,
    groups: new Set(jobs.map(({ job }) => job.group)).size,
    guesses: jobs.filter(({ guess }) => guess).length,
    sumS: jobs.reduce((sum, { seconds }) => sum + seconds, 0),
  }
}
