/** What each of some jobs takes while it runs. A `Request` is one; fixed RAM should be added by the caller. */
export interface Demand {
  readonly threads: number
  /** GiB. */
  readonly ramGb: number
  readonly gpus: number
  /** Share of each of these GPUs, (0, 1]. */
  readonly gpuShare: number
  /** GiB on each of these GPUs. */
  readonly gpuRamGb: number
  readonly resources: Readonly<Record<string, number>>
}

/** What all nodes together have. */
export interface Supply {
  readonly threads: number
  /** GiB. */
  readonly ramGb: number
  /** GiB of each GPU, one number a GPU. */
  readonly gpuRamGb: readonly number[]
  readonly resources: Readonly<Record<string, number>>
}

/** Jobs that all demand the same: how many, and how long they will take in all and at most, in seconds. */
export interface Load {
  readonly demand: Demand
  readonly count: number
  readonly sumS: number
  readonly longestS: number
}

/** A least duration, and what it comes from: the name of a resource, `longest job` or `waves`. */
export interface Bound {
  readonly seconds: number
  readonly by: string
}

/** Amounts are sums of thousandths: what differs by less than this fits. */
const SLACK = 1e-9

/** The area bound: for each resource, what all jobs take of it times how long they take it, over what there is. */
export function areaBounds(loads: readonly Load[], supply: Supply): Bound[] {
  const area = (by: string, has: number, of: (demand: Demand) => number): Bound => {
    const taken = loads.reduce((sum, load) => sum + of(load.demand) * load.sumS, 0)
    return { by, seconds: taken > 0 ? taken / has : 0 }
  }
  const gpuRam = supply.gpuRamGb.reduce((sum, gb) => sum + gb, 0)
  return [
    area('threads', supply.threads, demand => demand.threads),
    area('RAM', supply.ramGb, demand => demand.ramGb),
    area('GPU share', supply.gpuRamGb.length, demand => demand.gpus * demand.gpuShare),
    area('GPU RAM', gpuRam, demand => demand.gpus * demand.gpuRamGb),
    ...namesOf(loads).map(name =>
      area(name, supply.resources[name] ?? 0, demand => demand.resources[name] ?? 0),
    ),
  ]
}

/**
 * The waves bound: at most k of n equal-sized jobs run at once, so one of the k places gets at least ⌈n / k⌉ of
 * them; even the shortest that many take the sum less (n - ⌈n / k⌉) times the longest. Nor is it shorter than
 * the sum / k. This sees what the area does not: two jobs of 3 threads do not fit side by side into 4.
 */
export function wavesBound(load: Load, supply: Supply): Bound {
  const places = Math.max(1, placesFor(load.demand, supply))
  const waves = Math.ceil(load.count / places)
  const shortestWaves = load.sumS - (load.count - waves) * load.longestS
  return { by: 'waves', seconds: Math.max(load.sumS / places, shortestWaves) }
}

/** How many jobs of this demand can run at once at most, on all nodes together. */
function placesFor(demand: Demand, supply: Supply): number {
  const sideBySide = (has: number, each: number): number =>
    each > 0 ? Math.floor(has / each + SLACK) : Infinity
  const own = Object.entries(demand.resources).map(([name, each]) =>
    sideBySide(supply.resources[name] ?? 0, each),
  )
  return Math.min(
    sideBySide(supply.threads, demand.threads),
    sideBySide(supply.ramGb, demand.ramGb),
    sideBySide(gpuPlaces(demand, supply), demand.gpus),
    ...own,
  )
}

function gpuPlaces(demand: Demand, supply: Supply): number {
  const byShare = Math.floor(1 / demand.gpuShare + SLACK)
  return supply.gpuRamGb.reduce((sum, gb) => {
    const byRam = demand.gpuRamGb > 0 ? Math.floor(gb / demand.gpuRamGb + SLACK) : byShare
    return sum + Math.min(byShare, byRam)
  }, 0)
}

function namesOf(loads: readonly Load[]): string[] {
  return [...new Set(loads.flatMap(load => Object.keys(load.demand.resources)))]
}

/** Loads of the same demand made one. */
export function mergeLoads(loads: Iterable<Load>): Load[] {
  const merged = new Map<string, Load>()
  for (const load of loads) {
    const key = keyOf(load.demand)
    const before = merged.get(key)
    merged.set(key, before ? together(before, load) : load)
  }
  return [...merged.values()]
}

function together(a: Load, b: Load): Load {
  return {
    demand: a.demand,
    count: a.count + b.count,
    sumS: a.sumS + b.sumS,
    longestS: Math.max(a.longestS, b.longestS),
  }
}

function keyOf({ threads, ramGb, gpus, gpuShare, gpuRamGb, resources }: Demand): string {
  const own = Object.entries(resources).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([threads, ramGb, gpus, gpuShare, gpuRamGb, own])
}
