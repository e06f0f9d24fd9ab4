import type { Bound } from '../bounds.ts'
import type { Demand } from '../placement/demand.ts'
import type { Free } from '../placement/free.ts'
import { dualFeasibles } from './dualFeasible.ts'
import { middleBound, type SortedJobs, sortedJobs } from './middle.ts'
import { type Resource, resourcesOf } from './resources.ts'
import { LONGEST_ROW, slotsBound } from './slots.ts'

/** A job that is to be run, and its seconds. */
export interface Work {
  readonly demand: Demand
  readonly seconds: number
}

/**
 * A makespan that no schedule of these jobs on these nodes undercuts, and what sets it: the largest of the bounds below.
 * `Infinity` where a job asks for more of something than any node has. More capacity never lengthens it.
 *
 * - `longest job`.
 * - A resource: the jobs that take at least so much of one resource run only on nodes with as much of it. What these
 *   jobs take of a resource, times their seconds, goes into what these nodes have of it; and so do their sizes under any
 *   dual feasible function (see `dualFeasibles`), seconds being bins of a thin slice of time each. For all jobs
 *   that use a resource, the same in the middle part of the makespan (see `middleBound`).
 * - `RESOURCE: jobs side by side`: of the jobs that take at least so much of a resource at most k run at once (see
 *   `slotsBound`). Where that is more than half of any node, one job for each node; and so with one more job that
 *   fits beside none of them.
 *
 * `empty`: what each node has when nothing runs. Seconds of all jobs are sorted: n log n.
 */
export function lowerBound(jobs: Iterable<Work>, empty: readonly Free[]): Bound {
  const lots = lotsOf(jobs)
  const resources = resourcesOf(empty)
  const found = new Largest(lots.reduce((most, lot) => Math.max(most, longestOf(lot)), 0))
  for (const resource of resources) {
    for (const least of thresholds(resource, lots))
      boundsAbove(resource, least, lots, empty, resources, found)
    const using = usersOf(resource, lots)
    if (found.seconds < Number.POSITIVE_INFINITY && using.length > 0)
      middleBounds(resource, using, empty, found)
  }
  return { by: found.by, seconds: found.seconds }
}

/** Two bounds that differ by a smaller share are equal. */
const ROUNDING = 1e-9

/** The largest bound so far. */
class Largest {
  by = 'longest job'
  seconds: number

  constructor(seconds: number) {
    this.seconds = seconds
  }

  /** Of bounds that differ by mere rounding the first has set it, whatever order the sums were made in. */
  consider(by: string, seconds: number): void {
    if (seconds > this.seconds * (1 + ROUNDING)) this.by = by
    this.seconds = Math.max(this.seconds, seconds)
  }
}

/** Jobs of equal demand. */
interface Lot {
  readonly demand: Demand
  readonly jobs: SortedJobs
  readonly sumS: number
}

function lotsOf(jobs: Iterable<Work>): Lot[] {
  const lots = new Map<string, { demand: Demand; seconds: number[] }>()
  for (const { demand, seconds } of jobs) {
    const lot = lots.get(demand.key) ?? { demand, seconds: [] }
    lots.set(demand.key, lot)
    lot.seconds.push(seconds)
  }
  return Array.from(lots.values(), ({ demand, seconds }) => {
    const sorted = sortedJobs(seconds)
    return { demand, jobs: sorted, sumS: sorted.sums.at(-1) ?? 0 }
  })
}

function usersOf(resource: Resource, lots: readonly Lot[], least = 0): Lot[] {
  return lots.filter(({ demand }) => {
    const need = resource.need(demand)
    return resource.bins(demand) > 0 && need > 0 && need >= least
  })
}

/** So many different amounts of one resource are looked at, evenly over all of them. */
const MOST_THRESHOLDS = 24

function thresholds(resource: Resource, lots: readonly Lot[]): number[] {
  const needs = new Set(usersOf(resource, lots).map(({ demand }) => resource.need(demand)))
  const sorted = [...needs].sort((a, b) => a - b)
  if (sorted.length <= MOST_THRESHOLDS) return sorted
  const step = (sorted.length - 1) / (MOST_THRESHOLDS - 1)
  return Array.from({ length: MOST_THRESHOLDS }, (_, i) => sorted[Math.round(i * step)] ?? 0)
}

/** The bounds by the jobs that take at least so much of a resource, and the nodes that have it. */
function boundsAbove(
  resource: Resource,
  least: number,
  lots: readonly Lot[],
  empty: readonly Free[],
  resources: readonly Resource[],
  found: Largest,
): void {
  const nodes = empty.filter(node => resource.capacities(node).some(has => has >= least))
  const chosen = usersOf(resource, lots, least)
  for (const other of resources) found.consider(other.name, areaBound(other, usersOf(other, chosen), nodes))
  const by = `${resource.name}: jobs side by side`
  found.consider(by, sideBySideBound(resource, least, chosen, nodes))
  found.consider(by, oneANodeBound(resource, least, lots, empty))
}

/** Seconds in which the jobs, as many thin slices, go into the bins of the nodes. */
function areaBound(resource: Resource, lots: readonly Lot[], nodes: readonly Free[]): number {
  if (lots.length === 0) return 0
  const packings = packingsOf(resource, lots, nodes)
  return packings.reduce((most, { sizes, capacity }) => {
    const taken = lots.reduce((sum, { sumS }, i) => sum + (sizes[i] ?? 0) * sumS, 0)
    return taken > 0 ? Math.max(most, taken / capacity) : most
  }, 0)
}

function middleBounds(
  resource: Resource,
  lots: readonly Lot[],
  nodes: readonly Free[],
  found: Largest,
): void {
  const jobs = lots.map(lot => lot.jobs)
  for (const { sizes, capacity } of packingsOf(resource, lots, nodes))
    found.consider(resource.name, middleBound(jobs, sizes, capacity, found.seconds))
}

/** What each lot takes of a capacity, in one way to count it. */
interface Packing {
  readonly sizes: readonly number[]
  readonly capacity: number
}

/** As amounts of what there is, and as images of sizes: there as if each bin were as large as the largest. */
function packingsOf(resource: Resource, lots: readonly Lot[], nodes: readonly Free[]): Packing[] {
  const bins = nodes.flatMap(node => resource.capacities(node))
  const largest = bins.reduce((most, has) => Math.max(most, has), 0)
  const amounts = lots.map(({ demand }) => resource.need(demand))
  const number = lots.map(({ demand }) => resource.bins(demand))
  const counted = (count: (amount: number) => number): number[] =>
    amounts.map((amount, i) => count(amount) * (number[i] ?? 0))
  return [
    { sizes: counted(amount => amount), capacity: bins.reduce((sum, has) => sum + has, 0) },
    ...dualFeasibles(amounts.map(amount => amount / largest)).map(count => ({
      sizes: counted(amount => count(amount / largest)),
      capacity: bins.length,
    })),
  ]
}

/** Jobs that each take at least so much of a resource: only so many fit side by side. */
function sideBySideBound(
  resource: Resource,
  least: number,
  lots: readonly Lot[],
  nodes: readonly Free[],
): number {
  const bins = nodes.flatMap(node => resource.capacities(node))
  const places = bins.reduce((sum, has) => sum + Math.floor(has / least), 0)
  const fewest = lots.reduce(
    (few, { demand }) => Math.min(few, resource.bins(demand)),
    Number.POSITIVE_INFINITY,
  )
  const atOnce = Math.floor(places / fewest)
  return slotsBound(longestOfAll(lots, atOnce), atOnce)
}

/**
 * Jobs of more than half of any node, and one more that fits beside none of them: of these each node runs one at a time.
 */
function oneANodeBound(
  resource: Resource,
  least: number,
  lots: readonly Lot[],
  empty: readonly Free[],
): number {
  const capacities = empty.flatMap(node => resource.capacities(node))
  const largest = capacities.reduce((most, has) => Math.max(most, has), 0)
  if (!resource.isOfNode || 2 * least <= largest) return 0
  const nodesWith = (amount: number): number => capacities.filter(has => has >= amount).length
  const sumS = usersOf(resource, lots, least).reduce((sum, lot) => sum + lot.sumS, 0)
  return lots.reduce((most, lot) => {
    const need = resource.need(lot.demand)
    const fitsBeside = need >= least || need + least <= largest
    return fitsBeside ? most : Math.max(most, (sumS + longestOf(lot)) / nodesWith(need))
  }, sumS / nodesWith(least))
}

function longestOf(lot: Lot): number {
  return lot.jobs.seconds[0] ?? 0
}

/** Seconds of the longest jobs of some lots, in falling order: as many as `slotsBound` looks at. */
function longestOfAll(lots: readonly Lot[], atOnce: number): Float64Array {
  const most = LONGEST_ROW * atOnce + 1
  return Float64Array.from(lots.flatMap(({ jobs }) => [...jobs.seconds.subarray(0, most)]))
    .sort()
    .reverse()
}
