import type { Bar, Timeline } from '../../../src/plan/timeline.ts'
import { buildNode } from '../../../src/testing/index.ts'

/** A bar of one thread from 0 to 10 s, but for what is given. */
export function buildBar(draft: Partial<Bar> & { readonly id: string }): Bar {
  return {
    name: draft.id,
    group: 'group',
    node: 'node',
    startS: 0,
    endS: 10,
    status: 'planned',
    threads: 1,
    ramGb: 0,
    cores: [],
    gpus: [],
    gpuShare: 0,
    gpuRamGb: 0,
    resources: {},
    ...draft,
  }
}

/** Of a node of two threads and a GPU. */
export function buildTimeline(bars: readonly Bar[], endS = 40): Timeline {
  return { nodes: [buildNode({ threads: 2, gpus: 1 })], bars, endS }
}

export const SMALL = buildTimeline([
  buildBar({ id: 'long', group: 'fit', endS: 40 }),
  buildBar({ id: 'first', group: 'net', endS: 20, gpus: ['0'], gpuShare: 0.5 }),
  buildBar({ id: 'second', group: 'net', startS: 20, endS: 30, gpus: ['0'], gpuShare: 1 }),
  buildBar({ id: 'half', group: 'fit', startS: 30, endS: 40, threads: 0.5 }),
])
