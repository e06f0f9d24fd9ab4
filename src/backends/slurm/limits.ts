import type { NodeLimits } from '../agent/protocol.ts'
import type { NodeShare } from './allocation.ts'

/** What the scheduler itself takes of the node that it runs on. */
export interface DriverUse {
  /** GiB. */
  readonly ramGb: number
}

/**
 * What jobs may use of a node, by what the allocation has of it. `seesOwnGpusOnly`: SLURM hides the GPUs of others, so
 * that those of a step count from 0, whichever they are.
 */
export function limitsOf(
  { cpus, ramGb, gpus }: NodeShare,
  { seesOwnGpusOnly, driver }: { readonly seesOwnGpusOnly: boolean; readonly driver: DriverUse | null },
): NodeLimits {
  const count = Array.from({ length: gpus.count }, (_, i) => i)
  const ids = seesOwnGpusOnly || gpus.positions.length !== gpus.count ? count : gpus.positions
  return {
    threads: cpus,
    ...(ramGb !== null && { ramGb: Math.max(0, ramGb - (driver?.ramGb ?? 0)) }),
    gpus: ids.map(id => ({ id: `${id}` })),
  }
}
