import type { NodeCapacity } from '../../node.ts'
import type { Demand } from './demand.ts'
import { allFree, type Free } from './free.ts'

/** What a demand takes of all nodes together, as a fraction in (0, 1]: the largest over the resources. */
export function shareOf(demand: Demand, nodes: readonly NodeCapacity[]): number {
  const empty = nodes.map(allFree)
  const total = (of: (free: Free) => number) => empty.reduce((sum, free) => sum + of(free), 0)
  const part = (wanted: number, of: (free: Free) => number) => (wanted > 0 ? wanted / total(of) : 0)
  const { threads, ram, gpus, gpuShare, gpuRam, resources } = demand
  const largest = Math.max(
    part(threads, free => free.threads),
    part(ram, free => free.ram),
    part(gpus * gpuShare, free => 1000 * free.gpus.length),
    part(gpus * gpuRam, free => free.gpus.reduce((sum, gpu) => sum + gpu.ram, 0)),
    ...resources.map(([name, amount]) => part(amount, free => free.resources[name] ?? 0)),
  )
  return Math.min(1, largest)
}
