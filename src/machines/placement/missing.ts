import { longestRun } from './cores.ts'
import type { Demand } from './demand.ts'
import type { Free } from './free.ts'

/** A resource of which less is free than a demand asks for; counted as the demand is, GPUs and cores by number. */
export interface Missing {
  readonly resource: 'threads' | 'ram' | 'cores' | 'gpus' | { readonly own: string }
  readonly asked: number
  readonly free: number
}

/** What is missing on a GPU: share in thousandths, RAM in bytes; 0 where there is enough. */
export interface GpuMissing {
  readonly index: number
  readonly share: number
  readonly ram: number
}

/** What a demand asks for and is not free; nothing exactly where it fits (`fit`). */
export function missingFor(demand: Demand, free: Free): Missing[] {
  const own = demand.resources.map(([name, asked]) => ({
    resource: { own: name },
    asked,
    free: free.resources[name] ?? 0,
  }))
  const all: Missing[] = [
    { resource: 'threads', asked: demand.threads, free: free.threads },
    { resource: 'ram', asked: demand.ram, free: free.ram },
    { resource: 'cores', asked: demand.cores, free: longestRun(free.cores) },
    { resource: 'gpus', asked: demand.gpus, free: free.gpus.length - gpusMissing(demand, free).length },
    ...own,
  ]
  return all.filter(({ asked, free }) => asked > free)
}

/** The GPUs that have not enough free for a demand, and what each of them lacks. */
export function gpusMissing(demand: Demand, free: Free): GpuMissing[] {
  return free.gpus
    .map(({ share, ram }, index) => ({
      index,
      share: Math.max(0, demand.gpuShare - share),
      ram: Math.max(0, demand.gpuRam - ram),
    }))
    .filter(({ share, ram }) => share > 0 || ram > 0)
}
