import type { Request, RunKind } from '../../job.ts'
import type { FixedRam } from '../../node.ts'
import { toBytes, toMilli } from '../../units.ts'

/**
 * What a job takes of a node, in integers: threads, shares and own resources in thousandths, RAM in bytes, fixed RAM
 * included. Jobs of equal demand are interchangeable for placement: `key` tells them apart.
 */
export interface Demand {
  readonly key: string
  readonly threads: number
  readonly ram: number
  readonly cores: number
  readonly gpus: number
  /** Of each GPU. */
  readonly gpuShare: number
  /** On each GPU. */
  readonly gpuRam: number
  /** Own resources, sorted by name. */
  readonly resources: readonly (readonly [name: string, amount: number])[]
}

/**
 * The demand of a request. Fixed RAM is added always, on the GPU for each that is used. A job that is pinned to N
 * physical cores takes at least N threads, since nobody else should compute on them.
 */
export function demandOf(request: Request, kind: RunKind, fixed: FixedRam): Demand {
  const { gpus, physicalCores } = request
  const demand = {
    threads: toMilli(Math.max(request.threads, physicalCores)),
    ram: toBytes(request.ramGb + fixed[kind]),
    cores: physicalCores,
    gpus,
    gpuShare: gpus > 0 ? toMilli(request.gpuShare) : 0,
    gpuRam: gpus > 0 ? toBytes(request.gpuRamGb + fixed.cuda) : 0,
    resources: Object.entries(request.resources)
      .map(([name, amount]) => [name, toMilli(amount)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  }
  return { ...demand, key: keyOf(demand) }
}

/** The same demand with other amounts of memory, in bytes. */
export function withMemory(demand: Demand, memory: Partial<Pick<Demand, 'ram' | 'gpuRam'>>): Demand {
  const changed = { ...demand, ...memory }
  return { ...changed, key: keyOf(changed) }
}

/** What tells demands apart: equal for equal amounts. */
export function keyOf(demand: Omit<Demand, 'key'>): string {
  const { threads, ram, cores, gpus, gpuShare, gpuRam, resources } = demand
  const own = resources.map(([name, amount]) => `${name}=${amount}`).join(',')
  return `${threads}/${ram}/${cores}/${gpus}x${gpuShare}/${gpuRam}/${own}`
}
