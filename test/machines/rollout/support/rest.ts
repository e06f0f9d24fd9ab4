import fc from 'fast-check'
import { type Demand, demandOf } from '../../../../src/machines/placement/demand.ts'
import { allFree, type Free, fit, type Grant, give, take } from '../../../../src/machines/placement/free.ts'
import type { RestOfRun, RolloutBucket, RolloutPlaces } from '../../../../src/machines/rollout/rest.ts'
import type { NodeCapacity } from '../../../../src/node.ts'
import { buildNode, buildRequest, NO_FIXED_RAM } from '../../../../src/testing/builders.ts'

/** A waiting job: what it takes, its group and priority, how long it is predicted to run. */
export interface Waits {
  readonly demand: Demand
  readonly group: string
  readonly priority: number
  readonly seconds: number
}

export const demandArbitrary: fc.Arbitrary<Demand> = fc
  .record({
    threads: fc.constantFrom(0.5, 1, 2, 3, 4),
    ramGb: fc.constantFrom(0, 1, 5, 8),
    gpus: fc.constantFrom(0, 0, 0, 1, 2),
    gpuShare: fc.constantFrom(0.3, 0.5, 1),
    gpuRamGb: fc.constantFrom(0, 4, 12),
    resources: fc.constantFrom<Record<string, number>[]>({}, {}, { licence: 1 }),
  })
  .map(({ gpus, gpuShare, gpuRamGb, ...rest }) =>
    demandOf(buildRequest(gpus > 0 ? { gpus, gpuShare, gpuRamGb, ...rest } : rest), 'command', NO_FIXED_RAM),
  )

/** Jobs of few shapes, so that buckets hold several. */
export function waitsArbitrary(maxLength: number): fc.Arbitrary<Waits[]> {
  return fc.array(demandArbitrary, { minLength: 1, maxLength: 5 }).chain(demands =>
    fc.array(
      fc.record({
        demand: fc.constantFrom(...demands),
        group: fc.constantFrom('a', 'b'),
        priority: fc.constantFrom(0, 0, 0, 1),
        seconds: fc.integer({ min: 1, max: 200 }),
      }),
      { minLength: 1, maxLength },
    ),
  )
}

/** Nodes on the first of which each demand above fits. */
export const nodesArbitrary: fc.Arbitrary<NodeCapacity[]> = fc
  .array(fc.constantFrom(buildNode({ threads: 2 }), buildNode({ threads: 8, gpus: 1 })), { maxLength: 2 })
  .map(more => [buildNode({ threads: 4, ramGb: 16, gpus: 2, resources: { licence: 2 } }), ...more])

/** Puts jobs into buckets, each with the longest first. */
export function bucketsOf(waiting: readonly Waits[]): RolloutBucket[] {
  const buckets = new Map<string, { demand: Demand; group: string; priority: number; predictedS: number[] }>()
  for (const { demand, group, priority, seconds } of waiting) {
    const key = `${demand.key} ${group} ${priority}`
    const bucket = buckets.get(key) ?? { demand, group, priority, predictedS: [] }
    buckets.set(key, bucket)
    bucket.predictedS.push(seconds)
  }
  for (const { predictedS } of buckets.values()) predictedS.sort((a, b) => b - a)
  return [...buckets.values()]
}

export function restOf(nodes: readonly NodeCapacity[], waiting: readonly Waits[]): RestOfRun {
  const empty = nodes.map(allFree)
  return { nodes: empty.map(free => ({ empty: free, free })), running: [], buckets: bucketsOf(waiting) }
}

/** Carries a schedule out with real grants. Throws where a job does not fit when and where it is to start. */
export function carryOut({ nodes, running, buckets }: RestOfRun, places: RolloutPlaces): void {
  const free: Free[] = nodes.map(node => node.free)
  const demands = buckets.flatMap(({ demand, predictedS }) => Array.from(predictedS, () => demand))
  const ends: { at: number; node: number; grant: Grant }[] = running.map(({ node, grant, leftS }) => ({
    at: leftS,
    node,
    grant,
  }))
  const startOf = (job: number) => places.startS[job] ?? Number.NaN
  for (const job of places.order) {
    for (const end of ends.splice(0)) {
      if (end.at <= startOf(job)) free[end.node] = give(freeOn(free, end.node), end.grant)
      else ends.push(end)
    }
    const node = places.node[job] ?? -1
    const demand = demands[job]
    const grant = demand && fit(freeOn(free, node), demand)
    if (!grant) throw new Error(`job ${job} does not fit on node ${node} at ${startOf(job)} s`)
    free[node] = take(freeOn(free, node), grant)
    ends.push({ at: places.endS[job] ?? Number.NaN, node, grant })
  }
}

function freeOn(free: readonly Free[], node: number): Free {
  const found = free[node]
  if (!found) throw new Error(`there is no node ${node}`)
  return found
}
