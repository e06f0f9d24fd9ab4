import type { Cluster } from './cluster.ts'
import type { Prices } from './prices.ts'
import type { NodeRule } from './rule.ts'

/**
 * The node for a shape by a node rule: of those where it fits and which are allowed, −1 for none. Leftovers are
 * fractions of all nodes together, so that a CPU job leaves a node with free GPUs to GPU jobs.
 */
export function chooseNode(
  rule: NodeRule,
  cluster: Cluster,
  prices: Prices,
  shape: number,
  forbidden: number,
): number {
  let best = -1
  let bestScore = Number.POSITIVE_INFINITY
  for (let node = 0; node < cluster.nodes; node++) {
    if (node === forbidden || cluster.fits[shape * cluster.nodes + node] !== 1) continue
    if (rule === 'first') return node
    const score = scoreOf(rule, cluster, prices, shape, node)
    if (score < bestScore) {
      best = node
      bestScore = score
    }
  }
  return best
}

/** Less is better. What the job itself takes is the same everywhere, so what is free stands for what is left over. */
function scoreOf(
  rule: Exclude<NodeRule, 'first'>,
  { resources, nodeFree, leftOver, share }: Cluster,
  { price }: Prices,
  shape: number,
  node: number,
): number {
  if (rule === 'best') return leftOver[node] ?? 0
  let score = 0
  for (let r = 0; r < resources; r++) {
    const free = nodeFree[node * resources + r] ?? 0
    if (rule === 'dot') score -= free * (share[shape * resources + r] ?? 0)
    else score += free * (price[r] ?? 0)
  }
  return score
}
