import { predictedTotalS } from './area.ts'
import type { Demand } from './demand.ts'
import { allFree, type Free, fit, take } from './free.ts'
import type { Decision, Policy, Situation } from './policy.ts'
import type { Bucket, PendingJob } from './queue.ts'

/** So many jobs of each group tell how long it takes. */
const PROBES = 2

/** What all probes of a pass may cost, of the time that the waiting jobs need at least. */
const MOST_COST = 0.01

/** A group of fewer waiting jobs has nothing to gain from knowing early. */
const LEAST_JOBS = 4

/** Probes stand in the middle of their bucket, and a little behind it. */
const PLACES = [0.5, 0.65] as const

/**
 * A policy that starts two cheap jobs of middling length of each group first, to learn early how long the group takes;
 * where that costs at most a hundredth of what the waiting jobs need at least. What it costs: a probe keeps its share
 * of the machine from others for as long as it is predicted to run. The rest is decided by the policy that is given,
 * less what does not fit beside the probes.
 */
export function probeGroups(policy: Policy): Policy {
  return Object.create(policy, {
    decide: {
      value: (...[situation, trace]: Parameters<Policy['decide']>) =>
        beside(probesOf(situation), policy.decide(situation, trace), situation),
    },
  })
}

/** The probes that are still to be started, the cheapest first. */
function probesOf(situation: Situation): PendingJob[] {
  const buckets = Map.groupBy(situation.buckets, ({ group }) => group)
  const unknown = [...buckets].filter(([group]) => situation.placedOf(group) < PROBES)
  if (unknown.length === 0) return []
  const whole = wholeOf(situation)
  const candidates = unknown.flatMap(([group, of]) => probesOfGroup(situation, whole, group, of))
  return affordable(candidates, MOST_COST * areaS(situation, whole))
}

/** The cheapest of them, as many as so many seconds of the whole machine allow. */
function affordable(probes: Probe[], budgetS: number): PendingJob[] {
  const chosen: PendingJob[] = []
  let left = budgetS
  for (const { pending, costS } of probes.sort((a, b) => a.costS - b.costS)) {
    left -= costS
    if (left >= 0) chosen.push(pending)
  }
  return chosen
}

interface Probe {
  readonly pending: PendingJob
  /** Seconds of the whole machine. */
  readonly costS: number
}

function probesOfGroup(situation: Situation, whole: Whole, group: string, buckets: Bucket[]): Probe[] {
  const jobs = buckets.reduce((sum, { size }) => sum + size, 0)
  if (jobs < LEAST_JOBS) return []
  const probesIn = (bucket: Bucket): Probe[] => {
    const places = new Set(PLACES.map(place => Math.floor(place * bucket.size)))
    return [...places].flatMap(place => {
      const pending = bucket.at(place)
      return pending ? [{ pending, costS: situation.predict(pending) * shareOf(bucket.demand, whole) }] : []
    })
  }
  const usual = buckets.filter(({ size }) => size * buckets.length >= jobs / 2).map(probesIn)
  const [cheapest = []] = usual.sort((a, b) => (a[0]?.costS ?? 0) - (b[0]?.costS ?? 0))
  return cheapest.slice(0, PROBES - situation.placedOf(group))
}

/** Probes where they fit first, then what was decided, as far as it still fits. */
function beside(
  probes: readonly PendingJob[],
  decided: readonly Decision[],
  situation: Situation,
): readonly Decision[] {
  if (probes.length === 0) return decided
  const free = new Map(situation.nodes.map(node => [node.name, node.free]))
  const first = probes.flatMap(pending => placed(pending, [...free.keys()], free))
  const taken = new Set(first.map(({ pending }) => pending))
  const others = decided.filter(({ pending }) => !taken.has(pending))
  return [...first, ...others.flatMap(({ pending, node }) => placed(pending, [node], free))]
}

function placed(pending: PendingJob, nodes: readonly string[], free: Map<string, Free>): Decision[] {
  for (const node of nodes) {
    const left = free.get(node)
    const grant = left && fit(left, pending.demand)
    if (!left || !grant) continue
    free.set(node, take(left, grant))
    return [{ pending, node, grant }]
  }
  return []
}

/** What all nodes have together. */
interface Whole {
  readonly threads: number
  readonly ram: number
  readonly gpuShare: number
}

function wholeOf({ nodes }: Situation): Whole {
  const empty = nodes.map(({ capacity }) => allFree(capacity))
  const sum = (of: (free: Free) => number) => empty.reduce((total, free) => total + of(free), 0)
  return {
    threads: sum(free => free.threads),
    ram: sum(free => free.ram),
    gpuShare: sum(free => free.gpus.length * 1000),
  }
}

/** The largest share of a resource of all nodes that a job takes. */
function shareOf({ threads, ram, gpus, gpuShare }: Demand, whole: Whole): number {
  const share = (part: number, all: number) => (part > 0 ? part / all : 0)
  return Math.max(
    share(threads, whole.threads),
    share(ram, whole.ram),
    share(gpus * gpuShare, whole.gpuShare),
  )
}

/** Seconds that the waiting jobs need at least: their work of each resource over what there is of it. */
function areaS(situation: Situation, whole: Whole): number {
  const work = { threads: 0, ram: 0, gpuShare: 0 }
  for (const bucket of situation.buckets) {
    const seconds = predictedTotalS(situation, bucket)
    const { threads, ram, gpus, gpuShare } = bucket.demand
    work.threads += seconds * threads
    work.ram += seconds * ram
    work.gpuShare += seconds * gpus * gpuShare
  }
  const over = (part: number, all: number) => (all > 0 ? part / all : 0)
  return Math.max(
    over(work.threads, whole.threads),
    over(work.ram, whole.ram),
    over(work.gpuShare, whole.gpuShare),
  )
}
