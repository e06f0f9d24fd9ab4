import type { NodeCapacity } from '../../node.ts'
import { toBytes, toMilli } from '../../units.ts'
import { chooseCores, withCores, withoutCores } from './cores.ts'
import { type Demand, keyOf } from './demand.ts'

/** What is free on a GPU: share in thousandths, RAM in bytes. */
export interface GpuFree {
  readonly share: number
  readonly ram: number
}

/** What is free on a node. A value: taking and giving back make new ones, so policies can look ahead with them. */
export interface Free {
  readonly threads: number
  readonly ram: number
  /** Positions of free physical cores, ascending. */
  readonly cores: readonly number[]
  readonly gpus: readonly GpuFree[]
  readonly resources: Readonly<Record<string, number>>
}

/** The very amounts, cores and GPUs that a placement takes of a node. */
export interface Grant {
  readonly threads: number
  readonly ram: number
  readonly cores: readonly number[]
  /** Positions of GPUs. */
  readonly gpus: readonly number[]
  readonly gpuShare: number
  readonly gpuRam: number
  readonly resources: readonly (readonly [name: string, amount: number])[]
}

/** What was asked for to be given this: jobs of equal demand hold grants of equal demand. */
export function demandOfGrant({ cores, gpus, ...amounts }: Grant): Demand {
  const demand = { ...amounts, cores: cores.length, gpus: gpus.length }
  return { ...demand, key: keyOf(demand) }
}

/** All of a node, free. */
export function allFree(node: NodeCapacity): Free {
  return {
    threads: toMilli(node.threads),
    ram: toBytes(node.ramGb),
    cores: node.cores.map((_, position) => position),
    gpus: node.gpus.map(gpu => ({ share: 1000, ram: toBytes(gpu.ramGb) })),
    resources: Object.fromEntries(Object.entries(node.resources).map(([name, n]) => [name, toMilli(n)])),
  }
}

/** The grant that a demand would get now, or `null` where it does not fit. GPUs: the tightest that fit. */
export function fit(free: Free, demand: Demand): Grant | null {
  if (demand.threads > free.threads || demand.ram > free.ram) return null
  if (demand.resources.some(([name, amount]) => amount > (free.resources[name] ?? 0))) return null
  const gpus = chooseGpus(free.gpus, demand)
  const cores = gpus && chooseCores(free.cores, demand.cores)
  if (!cores) return null
  const { threads, ram, gpuShare, gpuRam, resources } = demand
  return { threads, ram, cores, gpus, gpuShare, gpuRam, resources }
}

const NO_GPUS: readonly number[] = []

function chooseGpus(gpus: readonly GpuFree[], demand: Demand): readonly number[] | null {
  if (demand.gpus === 0) return NO_GPUS
  const fitting = gpus
    .map((gpu, position) => ({ ...gpu, position }))
    .filter(gpu => gpu.share >= demand.gpuShare && gpu.ram >= demand.gpuRam)
    .sort((a, b) => a.share - b.share || a.ram - b.ram || a.position - b.position)
  if (fitting.length < demand.gpus) return null
  return fitting
    .slice(0, demand.gpus)
    .map(gpu => gpu.position)
    .sort((a, b) => a - b)
}

/** Whether all that a grant names is free: what a ledger asks before it gives anything away. */
export function covers(free: Free, grant: Grant): boolean {
  return (
    grant.threads >= 0 &&
    grant.threads <= free.threads &&
    grant.ram >= 0 &&
    grant.ram <= free.ram &&
    coversCores(free.cores, grant.cores) &&
    new Set(grant.gpus).size === grant.gpus.length &&
    grant.gpus.every(position => coversGpu(free.gpus[position], grant)) &&
    coversResources(free.resources, grant.resources)
  )
}

/** Whether each resource is named once, and there is enough of it. */
function coversResources(free: Free['resources'], resources: Grant['resources']): boolean {
  if (resources.length > 1 && new Set(resources.map(([name]) => name)).size < resources.length) return false
  return resources.every(([name, amount]) => amount >= 0 && amount <= (free[name] ?? 0))
}

/** Whether the cores are free and neighbours. */
function coversCores(free: readonly number[], cores: readonly number[]): boolean {
  return cores.every((core, i) => free.includes(core) && (i === 0 || core === (cores[i - 1] ?? 0) + 1))
}

/** Whether a GPU has the share and the RAM that a grant takes of it. */
export function coversGpu(gpu: GpuFree | undefined, grant: Pick<Grant, 'gpuShare' | 'gpuRam'>): boolean {
  return (
    gpu !== undefined &&
    grant.gpuShare >= 0 &&
    grant.gpuShare <= gpu.share &&
    grant.gpuRam >= 0 &&
    grant.gpuRam <= gpu.ram
  )
}

/** What stays free when a grant is taken. Ask `covers` first. */
export function take(free: Free, grant: Grant): Free {
  return change(free, grant, -1)
}

/** What is free when a grant has come back. */
export function give(free: Free, grant: Grant): Free {
  return change(free, grant, 1)
}

function change(free: Free, grant: Grant, sign: 1 | -1): Free {
  return {
    threads: free.threads + sign * grant.threads,
    ram: free.ram + sign * grant.ram,
    cores: sign < 0 ? withoutCores(free.cores, grant.cores) : withCores(free.cores, grant.cores),
    gpus:
      grant.gpus.length === 0
        ? free.gpus
        : free.gpus.map((gpu, i) => (grant.gpus.includes(i) ? changeGpu(gpu, grant, sign) : gpu)),
    resources: grant.resources.length === 0 ? free.resources : changeResources(free.resources, grant, sign),
  }
}

/** A GPU after a grant took its part of it (−1) or gave it back (1). */
export function changeGpu(gpu: GpuFree, grant: Pick<Grant, 'gpuShare' | 'gpuRam'>, sign: 1 | -1): GpuFree {
  return { share: gpu.share + sign * grant.gpuShare, ram: gpu.ram + sign * grant.gpuRam }
}

function changeResources(free: Free['resources'], grant: Grant, sign: 1 | -1): Free['resources'] {
  const changed = { ...free }
  for (const [name, amount] of grant.resources) changed[name] = (changed[name] ?? 0) + sign * amount
  return changed
}
