import type { NodeCapacity } from '../node.ts'
import type { Bar } from './timeline.ts'
import { usesOf } from './uses.ts'

/** The nodes of a run that has left no summary: of each as much as was in use at one moment. */
export function nodesSeen(bars: readonly Bar[]): NodeCapacity[] {
  return [...Map.groupBy(bars.map(shortened), bar => bar.node)].map(([name, own]) => nodeSeen(name, own))
}

/** Recorded times overlap by so many seconds where one job has followed another. */
const OVERLAP_S = 0.05

function shortened(bar: Bar): Bar {
  return { ...bar, endS: Math.max(bar.startS, bar.endS - OVERLAP_S) }
}

/** Stands for a node of which nobody knows how much it has. */
const PLENTY = 1e9

function nodeSeen(name: string, bars: readonly Bar[]): NodeCapacity {
  const gpus = [...new Set(bars.flatMap(bar => bar.gpus))].sort()
  const cores = bars.reduce((most, bar) => Math.max(most, ...bar.cores.map(core => core + 1)), 0)
  const names = [...new Set(bars.flatMap(bar => Object.keys(bar.resources)))]
  const plenty = {
    ...{ name, threads: PLENTY, ramGb: PLENTY },
    cores: Array.from({ length: cores }, (_, core) => ({ cpus: [core] })),
    gpus: gpus.map(id => ({ id, name: 'GPU', ramGb: PLENTY })),
    resources: Object.fromEntries(names.map(own => [own, PLENTY])),
  }
  const endS = bars.reduce((last, bar) => Math.max(last, bar.endS), 0)
  const most = new Map(
    usesOf({ nodes: [plenty], bars, endS }).map(use => [use.name, use.most * use.capacity]),
  )
  // Upwards, so that what was in use fits in again.
  const seen = (resource: string) =>
    Math.max(0.001, Math.ceil((most.get(resource) ?? 0) * 1000 - 0.01) / 1000)
  return {
    ...plenty,
    threads: seen('threads'),
    ramGb: seen('RAM'),
    gpus: plenty.gpus.map(gpu => ({ ...gpu, ramGb: seen('GPU RAM') })),
    resources: Object.fromEntries(names.map(own => [own, seen(own)])),
  }
}
