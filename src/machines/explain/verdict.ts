import type { Asked, GpuShortage, NodeVerdict, Shortage } from '../../explanation.ts'
import type { NodeCapacity } from '../../node.ts'
import { fromBytes, fromMilli } from '../../units.ts'
import { longestRun } from '../placement/cores.ts'
import type { Demand } from '../placement/demand.ts'
import { allFree, type Free, fit } from '../placement/free.ts'
import { type GpuMissing, gpusMissing, type Missing, missingFor } from '../placement/missing.ts'

/** What a node has for a demand, by what is free there. */
export function verdictOf(demand: Demand, capacity: NodeCapacity, free: Free): NodeVerdict {
  const missing = missingFor(demand, free)
  const lacksGpus = missing.some(({ resource }) => resource === 'gpus')
  return {
    node: capacity.name,
    fits: fit(free, demand) !== null,
    fitsEmpty: fit(allFree(capacity), demand) !== null,
    missing: missing.map(shortageOf),
    gpus: lacksGpus ? gpusMissing(demand, free).map(gpuShortageOf) : [],
  }
}

/** A demand in the units of people. */
export function askedBy({ threads, ram, cores, gpus, gpuShare, gpuRam, resources }: Demand): Asked {
  return {
    threads: fromMilli(threads),
    ramGb: fromBytes(ram),
    physicalCores: cores,
    gpus,
    gpuShare: fromMilli(gpuShare),
    gpuRamGb: fromBytes(gpuRam),
    resources: Object.fromEntries(resources.map(([name, amount]) => [name, fromMilli(amount)])),
  }
}

/** What is free, by the same words: of GPUs those with enough free for the demand, and their sums. */
export function freeFor(demand: Demand, free: Free): Asked {
  const lacking = new Set(gpusMissing(demand, free).map(({ index }) => index))
  return {
    threads: fromMilli(free.threads),
    ramGb: fromBytes(free.ram),
    physicalCores: longestRun(free.cores),
    gpus: free.gpus.length - lacking.size,
    gpuShare: fromMilli(free.gpus.reduce((sum, { share }) => sum + share, 0)),
    gpuRamGb: fromBytes(free.gpus.reduce((sum, { ram }) => sum + ram, 0)),
    resources: Object.fromEntries(
      Object.entries(free.resources).map(([name, amount]) => [name, fromMilli(amount)]),
    ),
  }
}

function shortageOf({ resource, asked, free }: Missing): Shortage {
  const shortage = (name: string, from: (amount: number) => number): Shortage => ({
    resource: name,
    asked: from(asked),
    free: from(free),
    missing: from(asked - free),
  })
  if (resource === 'threads') return shortage('threads', fromMilli)
  if (resource === 'ram') return shortage('ramGb', fromBytes)
  if (resource === 'cores') return shortage('physicalCores', Number)
  return resource === 'gpus' ? shortage('gpus', Number) : shortage(`resources.${resource.own}`, fromMilli)
}

function gpuShortageOf({ index, share, ram }: GpuMissing): GpuShortage {
  return { index, share: fromMilli(share), ramGb: fromBytes(ram) }
}
