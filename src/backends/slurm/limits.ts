import type { NodeLimits } from '../agent/protocol.ts'
import type { NodeShare } from './allocation.ts'

/**
 * What jobs may use of a node, by what the allocation has of it. `driverGb`: what the scheduler itself needs there, GiB;
 * it waits nearly all the time, so no thread is set aside for it.
 */
export function limitsOf(
  { cpus, ramGb, gpus: { count, positions } }: NodeShare,
  { driverGb }: { readonly driverGb: number },
): NodeLimits {
  const ids = positions.length === count ? positions : Array.from({ length: count }, (_, i) => i)
  return {
    threads: cpus,
    ...(ramGb !== null && { ramGb: Math.max(0, ramGb - driverGb) }),
    gpus: ids.map(id => ({ id: `${id}` })),
  }
}
