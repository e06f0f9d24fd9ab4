import { fixedRamHere } from '../../fixedRam.ts'
import type { FixedRam } from '../../node.ts'

/** What processes cost before they do anything, in GiB, and under which Node. */
export interface BareRam extends Pick<FixedRam, 'command' | 'task'> {
  readonly node: string
}

/** Measures it on this machine, once for all nodes; `null` where it cannot be seen. Never rejects. */
export async function measureBareRam(): Promise<BareRam | null> {
  const { command, task, sources } = await fixedRamHere([], { cudaTimeoutS: 0 })
  const isMeasured = sources.command === 'measured' && sources.task === 'measured'
  return isMeasured ? { node: thisNode(), command, task } : null
}

/** What is known of bare processes under this Node; nothing where that was another one. */
export function bareRamHere(measured: BareRam | null): BareRam | undefined {
  return measured?.node === thisNode() ? measured : undefined
}

function thisNode(): string {
  return [process.version, process.platform, process.arch].join(' ')
}
