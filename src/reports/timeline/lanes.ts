import type { NodeCapacity } from '../../node.ts'
import type { Bar, Timeline } from '../../plan/timeline.ts'
import { countOf } from '../text/amount.ts'

/** What is drawn below each other: the threads of a node, or GPUs of it. */
export interface Lane {
  /** Of threads the node's name, or `32 threads` where it is the only one; `GPU 0`, or `8 GPUs` taken together. */
  readonly label: string
  /** What stands below the label where there is room: `32 threads` below the name of a node. */
  readonly note?: string
  readonly kind: 'threads' | 'gpu'
  /** Threads, or number of GPUs. */
  readonly capacity: number
  /** The smallest part that a job of this lane holds; the capacity where none runs. */
  readonly smallest: number
  readonly parts: readonly Part[]
}

/** A job in a lane, and how much it holds of it. */
export interface Part {
  readonly bar: Bar
  readonly amount: number
}

/** For each node a lane of its threads and one for each GPU; one for all GPUs of a node where that would be too many. */
export function lanesOf({ nodes, bars }: Timeline, most = Number.POSITIVE_INFINITY): Lane[] {
  const ofNode = Map.groupBy(bars, bar => bar.node)
  const apart = nodes.reduce((sum, node) => sum + 1 + node.gpus.length, 0) <= most
  return nodes.flatMap(node => {
    const own = ofNode.get(node.name) ?? []
    const threads = countOf(node.threads, 'thread')
    const names = nodes.length > 1 ? { label: node.name, note: threads } : { label: threads }
    return [threadLane(names, node, own), ...(apart ? gpuLanes(node, own) : gpusTogether(node, own))]
  })
}

function threadLane(
  names: Pick<Lane, 'label' | 'note'>,
  { threads }: NodeCapacity,
  bars: readonly Bar[],
): Lane {
  const parts = bars.map(bar => ({ bar, amount: bar.threads }))
  return laneOf({ ...names, kind: 'threads', capacity: threads, parts })
}

function gpuLanes({ gpus }: NodeCapacity, bars: readonly Bar[]): Lane[] {
  return gpus.map(({ id }, index) => {
    const parts = bars.filter(bar => bar.gpus.includes(id)).map(bar => ({ bar, amount: bar.gpuShare }))
    return laneOf({ label: `GPU ${index}`, kind: 'gpu', capacity: 1, parts })
  })
}

function gpusTogether({ gpus }: NodeCapacity, bars: readonly Bar[]): Lane[] {
  if (gpus.length === 0) return []
  const users = bars.filter(bar => bar.gpus.length > 0)
  const parts = users.map(bar => ({ bar, amount: bar.gpuShare * bar.gpus.length }))
  const label = countOf(gpus.length, 'GPU')
  return [laneOf({ label, kind: 'gpu', capacity: gpus.length, parts })]
}

function laneOf(lane: Omit<Lane, 'smallest'>): Lane {
  const smallest = lane.parts.reduce(
    (least, { amount }) => (amount > 0 ? Math.min(least, amount) : least),
    lane.capacity,
  )
  return { ...lane, smallest }
}
