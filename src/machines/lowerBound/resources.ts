import type { Demand } from '../placement/demand.ts'
import type { Free } from '../placement/free.ts'

/**
 * Something of which nodes have so much, in bins: a node's threads are one bin, the shares of its GPUs one for each. A
 * running job takes `need` of each of `bins` bins, which lie on one node.
 */
export interface Resource {
  /** Stands in what sets a bound. */
  readonly name: string
  /** Whether each node is one bin. */
  readonly isOfNode: boolean
  need(demand: Demand): number
  bins(demand: Demand): number
  /** What each bin of an empty node holds. */
  capacities(empty: Free): readonly number[]
}

/** The resources that any of some nodes has. */
export function resourcesOf(nodes: readonly Free[]): Resource[] {
  const own = [...new Set(nodes.flatMap(node => Object.keys(node.resources)))].sort()
  return [...COMMON, ...own.map(ownResource)]
}

const one = (): number => 1
const gpus = (demand: Demand): number => demand.gpus
const OF_NODE = { isOfNode: true, bins: one } as const
const OF_GPU = { isOfNode: false, bins: gpus } as const

const COMMON: readonly Resource[] = [
  { name: 'threads', need: demand => demand.threads, ...OF_NODE, capacities: node => [node.threads] },
  { name: 'RAM', need: demand => demand.ram, ...OF_NODE, capacities: node => [node.ram] },
  { name: 'cores', need: demand => demand.cores, ...OF_NODE, capacities: node => [node.cores.length] },
  {
    name: 'GPU share',
    need: demand => demand.gpuShare,
    ...OF_GPU,
    capacities: node => node.gpus.map(({ share }) => share),
  },
  {
    name: 'GPU RAM',
    need: demand => demand.gpuRam,
    ...OF_GPU,
    capacities: node => node.gpus.map(({ ram }) => ram),
  },
  {
    name: 'GPUs of a node',
    need: demand => demand.gpus * demand.gpuShare,
    ...OF_NODE,
    capacities: node => [node.gpus.reduce((sum, { share }) => sum + share, 0)],
  },
]

function ownResource(name: string): Resource {
  return {
    name,
    need: ({ resources }) => resources.find(([of]) => of === name)?.[1] ?? 0,
    ...OF_NODE,
    capacities: ({ resources }) => [resources[name] ?? 0],
  }
}
