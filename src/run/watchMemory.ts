import { MemoryWatcher } from '../actors/memoryWatch.ts'
import type { BackendNode } from '../backends/backend.ts'
import type { Clock } from '../clock.ts'
import { MemoryWatch } from '../machines/memory/watch.ts'
import { residentsOf } from '../machines/scheduler/memory.ts'
import type { System } from '../system.ts'

/** What the watch over a node's RAM is made of. */
export interface WatchParts {
  readonly system: System
  readonly node: BackendNode
  readonly clock: Clock
  /** A job that holds more than so many times what was reserved is ended; `null` for never. */
  readonly killFactor: number | null
}

/** Below this share of its RAM, at most 1 GiB, a machine is short of it. */
const FLOOR_SHARE = 0.05
const MOST_FLOOR_GB = 1

/** Watches the RAM of a node and of the jobs on it; to be woken at each start there. */
export function watchMemory(parts: WatchParts): MemoryWatcher {
  const { system, node, clock, killFactor } = parts
  const { capacity, executors } = node
  const floorGb = Math.min(MOST_FLOOR_GB, FLOOR_SHARE * node.totalGb)
  return new MemoryWatcher({
    watch: new MemoryWatch({ node: capacity.name, floorGb, killFactor }),
    clock,
    look: () => node.look(),
    residents: () =>
      residentsOf(
        system.state(),
        capacity.name,
        ({ pending, placementId }) => executors[pending.job.run.kind].ramGb?.(placementId) ?? null,
      ),
    order: order => system.actor.send(order),
  })
}
