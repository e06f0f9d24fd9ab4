import { type Allocation, isRunning, type NodeShare } from './allocation.ts'
import type { SlurmNode } from './nodeState.ts'
import { type Scontrol, SlurmSilentError } from './scontrol.ts'

/** What SLURM says of an allocation at a moment. */
export interface View {
  /** `null` where SLURM has forgotten it. */
  readonly allocation: Allocation | null
  /** What the allocation has of each of its nodes, by name; none when it has ended. */
  readonly shares: ReadonlyMap<string, NodeShare>
  /** Each node that was asked for, by name. */
  readonly nodes: ReadonlyMap<string, SlurmNode>
}

/** Asks SLURM of an allocation, and of the state of these nodes. `null` where it does not answer. */
export async function lookAt(
  scontrol: Scontrol,
  jobId: string,
  names: readonly string[] = [],
): Promise<View | null> {
  try {
    const allocation = await scontrol.allocation(jobId)
    const shares = allocation && isRunning(allocation) ? await sharesOf(scontrol, allocation) : new Map()
    const nodes = names.length > 0 ? await scontrol.nodes(names.join(',')) : []
    return { allocation, shares, nodes: new Map(nodes.map(node => [node.name, node])) }
  } catch (error) {
    if (error instanceof SlurmSilentError) return null
    throw error
  }
}

/** The same, and whatever goes wrong counts as no answer: a run is not to end of a question that failed. */
export function glanceAt(...of: Parameters<typeof lookAt>): Promise<View | null> {
  return lookAt(...of).catch(() => null)
}

async function sharesOf(scontrol: Scontrol, { shares }: Allocation): Promise<Map<string, NodeShare>> {
  const named = await Promise.all(
    shares.map(async share =>
      (await scontrol.hostnames(share.nodes)).map(name => [name, { ...share, nodes: name }] as const),
    ),
  )
  return new Map(named.flat())
}
