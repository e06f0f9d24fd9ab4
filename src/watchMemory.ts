import { MemoryWatcher } from './actors/memoryWatch.ts'
import type { Clock } from './clock.ts'
import { MemoryWatch } from './machines/memory/watch.ts'
import { residentsOf } from './machines/scheduler/memory.ts'
import type { NodeCapacity } from './node.ts'
import { lookAtMemory } from './probe/memoryLook.ts'
import type { ExecutorsByKind, System } from './system.ts'

/** What the watch over this machine's RAM is made of. */
export interface WatchParts {
  readonly system: System
  readonly executors: ExecutorsByKind
  readonly clock: Clock
  readonly capacity: NodeCapacity
  /** RAM in GiB of the whole machine. */
  readonly totalGb: number
  /** A job that holds more than so many times what was reserved is ended; `null` for never. */
  readonly killFactor: number | null
}

/** Below this share of its RAM, at most 1 GiB, a machine is short of it. */
const FLOOR_SHARE = 0.05
const MOST_FLOOR_GB = 1

/** Watches the RAM of this machine and of the jobs on it, from the first start on. */
export function watchMemory(parts: WatchParts): { stop(): void } {
  const { system, executors, clock, capacity, totalGb, killFactor } = parts
  const floorGb = Math.min(MOST_FLOOR_GB, FLOOR_SHARE * totalGb)
  const watcher = new MemoryWatcher({
    watch: new MemoryWatch({ node: capacity.name, floorGb, killFactor }),
    clock,
    look: lookAtMemory,
    residents: () =>
      residentsOf(
        system.state(),
        ({ pending, placementId }) => executors[pending.job.run.kind].ramGb?.(placementId) ?? null,
      ),
    order: order => system.actor.send(order),
  })
  system.events$.subscribe(({ type }) => {
    if (type === 'job.started') watcher.wake()
  })
  return watcher
}
