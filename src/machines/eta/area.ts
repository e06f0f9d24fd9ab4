import type { Demand } from '../placement/demand.ts'
import type { RolloutNode } from '../rollout/rest.ts'

/** Seconds for which something is taken of the nodes: of one job, or the sum over many that take the same. */
export interface Work {
  readonly demand: Pick<Demand, 'threads' | 'ram' | 'gpuShare' | 'gpuRam' | 'resources'>
  /** Number of GPUs. */
  readonly gpus: number
  readonly seconds: number
}

/**
 * Seconds that work takes at least: for each resource, what is taken of it times how long, over what all nodes have of
 * it. With very many jobs nodes are full until the end, and it takes hardly longer.
 */
export function areaS(nodes: readonly RolloutNode[], works: Iterable<Work>): number {
  const taken = new Map<string, number>()
  const add = (name: string, amount: number) => taken.set(name, (taken.get(name) ?? 0) + amount)
  for (const { demand, gpus, seconds } of works) {
    add('threads', demand.threads * seconds)
    add('ram', demand.ram * seconds)
    add('gpuShare', gpus * demand.gpuShare * seconds)
    add('gpuRam', gpus * demand.gpuRam * seconds)
    for (const [name, amount] of demand.resources) add(`own ${name}`, amount * seconds)
  }
  const whole = wholeOf(nodes)
  return Math.max(
    0,
    ...Array.from(taken, ([name, amount]) => (amount > 0 ? amount / (whole.get(name) ?? 0) : 0)),
  )
}

function wholeOf(nodes: readonly RolloutNode[]): Map<string, number> {
  const whole = new Map<string, number>()
  const add = (name: string, amount: number) => whole.set(name, (whole.get(name) ?? 0) + amount)
  for (const { empty } of nodes) {
    add('threads', empty.threads)
    add('ram', empty.ram)
    for (const { share, ram } of empty.gpus) {
      add('gpuShare', share)
      add('gpuRam', ram)
    }
    for (const [name, amount] of Object.entries(empty.resources)) add(`own ${name}`, amount)
  }
  return whole
}
