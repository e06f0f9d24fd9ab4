import type { Counts, NodeUse, Progress, RunningJob, Use } from '../../progress.ts'
import { fromBytes, fromMilli } from '../../units.ts'
import type { Demand as Load, Supply } from '../bounds.ts'
import type { EndTime } from '../eta/interval.ts'
import { isOverdue, type PendingBucket, type Remaining, type RunningWork, remainingTime } from '../eta.ts'
import { freeIn } from '../ledger.ts'
import { predictedTotalS } from '../placement/area.ts'
import type { Demand } from '../placement/demand.ts'
import type { Bucket, PendingJob } from '../placement/queue.ts'
import type { LiveJob } from './liveJob.ts'
import { situationOf } from './situation.ts'
import type { SchedulerNode, SchedulerState } from './state.ts'

/** How many jobs are in each state. */
export function countsOf(state: SchedulerState): Counts {
  return {
    total: state.jobs.size,
    pending: state.queue.size,
    running: state.live.size,
    retrying: state.retrying.size,
    ...state.ends,
  }
}

/** Whether what waits is to be run, or the run only goes on until nothing runs any more. */
export type Ahead = 'all' | 'running'

/** What is left of the run, by what runs, what waits (if it is to be run), and what the nodes have. */
export function remainingOf(state: SchedulerState, ahead: Ahead = 'all'): Remaining {
  // Also what waits for want of time: the run has it ahead of it.
  const situation = { ...situationOf(state), buckets: state.queue.buckets() }
  const running = [...state.live.values()].map(live => runningWork(state, live))
  const pending =
    ahead === 'running' ? [] : situation.buckets.flatMap(bucket => pendingBucket(situation, bucket))
  return remainingTime({ running, pending, supply: supplyOf(state.nodes.values()), now: situation.now })
}

/** An end time that was simulated at a moment, in ms since the epoch. */
export interface ToldEnd {
  readonly at: number
  readonly end: EndTime
}

/** What is told to be left of a run, with the interval in which it lies, where one is known. */
type Left = Pick<Progress, 'remainingIntervalS'> & { readonly remainingS: number }

/**
 * What is left of an end time when some time has passed. Once it has passed itself, and jobs still run, no time at all
 * would be left of them: then the bound on what is left takes its place, within the interval or without one.
 */
export function leftOf({ at, end }: ToldEnd, now: number, boundS: number): Left {
  const left = (seconds: number): number => Math.max(0, seconds - Math.max(0, now - at) / 1000)
  const [expectedS, lowS, highS] = [left(end.expectedS), left(end.lowS), left(end.highS)]
  if (expectedS > 0) return { remainingS: expectedS, remainingIntervalS: [lowS, highS] }
  return { remainingS: boundS, remainingIntervalS: boundS < highS ? [lowS, highS] : null }
}

/**
 * Where the run stands, in figures: by the end time that was told last, and by the bounds on what is left before there
 * is one. `startedAt` in ms since the epoch.
 */
export function progressOf(
  state: SchedulerState,
  startedAt: number,
  remaining: Remaining,
  { ahead = 'all', told = null }: { readonly ahead?: Ahead; readonly told?: ToldEnd | null } = {},
): Progress {
  const now = state.ports.now()
  const elapsedS = Math.max(0, now - startedAt) / 1000
  const isKnown = Number.isFinite(remaining.remainingS) && !restsOnGuesses(state, ahead)
  const left = isKnown && told ? leftOf(told, now, remaining.remainingS) : null
  const remainingS = isKnown ? (left?.remainingS ?? remaining.remainingS) : null
  const counts = countsOf(state)
  return {
    counts,
    elapsedS,
    remainingS,
    remainingIntervalS: left?.remainingIntervalS ?? null,
    endsAt: remainingS === null ? null : now + remainingS * 1000,
    fraction: remainingS === null ? shareEnded(counts) : shareOf(elapsedS, elapsedS + remainingS),
    longest: isKnown ? remaining.longest : null,
  }
}

function shareEnded({ total, succeeded, failed, cancelled }: Counts): number {
  return shareOf(succeeded + failed + cancelled, total)
}

function shareOf(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0
}

/** Whether nobody has said, and nothing has taught, how long any of the jobs takes that are left. */
export function restsOnGuesses({ ports, live, queue }: SchedulerState, ahead: Ahead): boolean {
  const isGuess = ({ job }: PendingJob) => ports.estimator.predict(job).guess
  const waiting = ahead === 'running' ? [] : [...queue.buckets()].flatMap(bucket => bucket.at(0) ?? [])
  const left = [...[...live.values()].map(({ pending }) => pending), ...waiting]
  return left.length > 0 && left.every(isGuess)
}

/** The jobs that run now, the longest remaining first. `ramOf` tells a job's resident RAM in GiB, or `null`. */
export function runningOf(
  state: SchedulerState,
  remaining: Remaining,
  ramOf: (live: LiveJob) => number | null,
): RunningJob[] {
  const now = state.ports.now()
  return [...state.live.values()]
    .map(live => runningJob(state, live, now, remaining.ofRunning.get(live.pending.job.id) ?? 0, ramOf(live)))
    .sort((a, b) => b.remainingS - a.remainingS)
}

function runningJob(
  state: SchedulerState,
  live: LiveJob,
  now: number,
  remainingS: number,
  ramGb: number | null,
): RunningJob {
  const { job, attempts } = live.pending
  const startedAt = live.startedAt ?? live.placedAt
  return {
    id: job.id,
    name: job.name,
    group: job.group,
    node: live.node,
    attempt: attempts + 1,
    startedAt,
    elapsedS: Math.max(0, now - startedAt) / 1000,
    remainingS,
    overdue: isOverdue(runningWork(state, live), now),
    threads: fromMilli(live.grant.threads),
    requestedRamGb: fromBytes(live.grant.ram),
    ramGb,
    hasAskedForRam: job.request.ramGb > 0,
    gpus: live.grant.gpus,
  }
}

/** What is taken of a node. */
export function useOf({ capacity, ledger }: SchedulerNode): NodeUse {
  const free = freeIn(ledger.getSnapshot().context)
  return {
    name: capacity.name,
    threads: use(capacity.threads, fromMilli(free.threads)),
    ramGb: use(capacity.ramGb, fromBytes(free.ram)),
    gpus: capacity.gpus.map(({ id, name, ramGb }, i) => ({
      id,
      name,
      share: use(1, fromMilli(free.gpus[i]?.share ?? 0)),
      ramGb: use(ramGb, fromBytes(free.gpus[i]?.ram ?? 0)),
    })),
    resources: Object.fromEntries(
      Object.entries(capacity.resources).map(([name, n]) => [
        name,
        use(n, fromMilli(free.resources[name] ?? 0)),
      ]),
    ),
  }
}

function use(capacity: number, free: number): Use {
  return { used: Math.max(0, capacity - free), capacity }
}

function runningWork(
  { ports }: SchedulerState,
  { pending: { job, demand }, ref, startedAt, placedAt }: LiveJob,
): RunningWork {
  return {
    id: job.id,
    name: job.name,
    group: job.group,
    startedAt: startedAt ?? placedAt,
    predictedS: ports.estimator.predict(job).seconds,
    progress: ref.getSnapshot().context.fraction,
    demand: loadOf(demand),
  }
}

function pendingBucket(situation: ReturnType<typeof situationOf>, bucket: Bucket): PendingBucket[] {
  const longest = bucket.at(0)
  if (!longest) return []
  const { id, name } = longest.job
  return [
    {
      group: bucket.group,
      count: bucket.size,
      sumS: predictedTotalS(situation, bucket),
      longest: { id, name, predictedS: situation.predict(longest) },
      demand: loadOf(bucket.demand),
    },
  ]
}

function loadOf({ threads, ram, gpus, gpuShare, gpuRam, resources }: Demand): Load {
  return {
    threads: fromMilli(threads),
    ramGb: fromBytes(ram),
    gpus,
    gpuShare: fromMilli(gpuShare),
    gpuRamGb: fromBytes(gpuRam),
    resources: Object.fromEntries(resources.map(([name, amount]) => [name, fromMilli(amount)])),
  }
}

function supplyOf(nodes: Iterable<SchedulerNode>): Supply {
  const supply = { threads: 0, ramGb: 0, gpuRamGb: [] as number[], resources: {} as Record<string, number> }
  for (const { capacity } of nodes) {
    supply.threads += capacity.threads
    supply.ramGb += capacity.ramGb
    supply.gpuRamGb.push(...capacity.gpus.map(gpu => gpu.ramGb))
    for (const [name, n] of Object.entries(capacity.resources))
      supply.resources[name] = (supply.resources[name] ?? 0) + n
  }
  return supply
}
