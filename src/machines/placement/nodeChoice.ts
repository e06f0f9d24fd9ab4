import type { Demand } from './demand.ts'
import { allFree, type Free, fit, type Grant, take } from './free.ts'
import type { OpenNode } from './policy.ts'

/** A node and what a job would get there. */
export interface Candidate {
  readonly node: OpenNode
  readonly grant: Grant
}

/** The nodes on which a demand fits now, the tightest first: so that CPU jobs leave nodes with GPUs to GPU jobs. */
export function fittingNodes(
  demand: Demand,
  nodes: readonly OpenNode[],
  free: ReadonlyMap<string, Free>,
): readonly Candidate[] {
  const candidates: Candidate[] = []
  for (const node of nodes) {
    const grant = fit(free.get(node.name) ?? node.free, demand)
    if (grant) candidates.push({ node, grant })
  }
  if (candidates.length < 2) return candidates
  const leftover = ({ node, grant }: Candidate) =>
    leftoverOf(node, take(free.get(node.name) ?? node.free, grant))
  return candidates
    .map(candidate => ({ candidate, left: leftover(candidate) }))
    .sort((a, b) => a.left - b.left)
    .map(({ candidate }) => candidate)
}

/** Sum of the free fractions of a node's resources: 0 for a full node. */
function leftoverOf({ capacity }: OpenNode, free: Free): number {
  const whole = allFree(capacity)
  const share = (of: Free) => of.gpus.reduce((sum, gpu) => sum + gpu.share, 0)
  const gpuRam = (of: Free) => of.gpus.reduce((sum, gpu) => sum + gpu.ram, 0)
  return (
    fraction(free.threads, whole.threads) +
    fraction(free.ram, whole.ram) +
    fraction(share(free), share(whole)) +
    fraction(gpuRam(free), gpuRam(whole))
  )
}

function fraction(free: number, whole: number): number {
  return whole > 0 ? free / whole : 0
}
