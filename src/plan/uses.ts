import type { NodeCapacity } from '../node.ts'
import type { ResourceUse } from './plan.ts'
import type { Bar, Timeline } from './timeline.ts'

/** A resource as it is counted: how much all nodes have, and how much of it a job holds. */
interface Resource {
  readonly name: string
  readonly capacity: number
  heldBy(bar: Bar): number
}

/** How much of each resource is used, on all nodes together; those that there are none of are left out. */
export function usesOf({ nodes, bars, endS }: Timeline): ResourceUse[] {
  const moments = momentsOf(bars)
  return resourcesOf(nodes)
    .filter(({ capacity }) => capacity > 0)
    .map(resource => {
      const { capacity, name } = resource
      const { area, most } = held(moments, resource)
      const mean = endS > 0 ? area / (capacity * endS) : 0
      return { name, capacity, mean: Math.min(1, mean), most: Math.min(1, most / capacity) }
    })
}

/** A job takes what it holds (1) or gives it back (−1). */
interface Moment {
  readonly at: number
  readonly sign: 1 | -1
  readonly bar: Bar
}

/** In the order of time; of equal times what is given back comes first. */
function momentsOf(bars: readonly Bar[]): Moment[] {
  const moments = bars.flatMap<Moment>(bar => [
    { at: bar.startS, sign: 1, bar },
    { at: bar.endS, sign: -1, bar },
  ])
  return moments.sort((a, b) => a.at - b.at || a.sign - b.sign)
}

/** Held in all, times seconds; and the most at one moment. */
function held(moments: readonly Moment[], { heldBy }: Resource): { area: number; most: number } {
  let [area, most, now, since] = [0, 0, 0, 0]
  for (const { at, sign, bar } of moments) {
    area += now * (at - since)
    since = at
    now += sign * heldBy(bar)
    most = Math.max(most, now)
  }
  return { area, most }
}

function resourcesOf(nodes: readonly NodeCapacity[]): Resource[] {
  const sum = (of: (node: NodeCapacity) => number) => nodes.reduce((total, node) => total + of(node), 0)
  const names = [...new Set(nodes.flatMap(node => Object.keys(node.resources)))]
  return [
    { name: 'threads', capacity: sum(node => node.threads), heldBy: bar => bar.threads },
    { name: 'RAM', capacity: sum(node => node.ramGb), heldBy: bar => bar.ramGb },
    {
      name: 'GPU share',
      capacity: sum(node => node.gpus.length),
      heldBy: bar => bar.gpus.length * bar.gpuShare,
    },
    {
      name: 'GPU RAM',
      capacity: sum(node => node.gpus.reduce((total, gpu) => total + gpu.ramGb, 0)),
      heldBy: bar => bar.gpus.length * bar.gpuRamGb,
    },
    ...names.map(name => ({
      name,
      capacity: sum(node => node.resources[name] ?? 0),
      heldBy: (bar: Bar) => bar.resources[name] ?? 0,
    })),
  ]
}
