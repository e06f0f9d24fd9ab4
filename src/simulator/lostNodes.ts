import type { NodeCapacity } from '../node.ts'
import { randomOf } from './random.ts'
import type { SimulatedSystem } from './system.ts'

/** When nodes are lost, and for how long. All in simulated seconds. */
export interface LostNodesOptions {
  /** How many losses there are in all. Default 3. */
  readonly times?: number
  /** Mean time from one loss to the next; each is from 0 to twice as long. Default 60. */
  readonly everyS?: number
  /** From a loss to the return of the node. Default 30; Infinity for a node that does not come back. */
  readonly awayS?: number
}

/**
 * Lets nodes of a system be lost, with all that runs there, and come back: which and when, a seed decides. Call it
 * before the system runs. A node that is away already is not lost a second time.
 */
export function loseNodesBySeed(system: SimulatedSystem, seed: number, options: LostNodesOptions = {}): void {
  const { times = 3, everyS = 60, awayS = 30 } = options
  const nodes = [...system.state().nodes.values()].map(({ capacity }) => capacity)
  const away = new Set<string>()
  let at = 0
  for (let nth = 0; nth < times; nth++) {
    at += 2 * everyS * randomOf(seed, nth, 'when')
    const node = nodes[Math.floor(nodes.length * randomOf(seed, nth, 'which'))]
    if (node) system.clock.setTimeout(() => lose(system, node, awayS, away), at * 1000)
  }
}

function lose(system: SimulatedSystem, node: NodeCapacity, awayS: number, away: Set<string>): void {
  if (away.has(node.name)) return
  away.add(node.name)
  system.loseNode(node.name)
  if (awayS === Number.POSITIVE_INFINITY) return
  system.clock.setTimeout(() => {
    away.delete(node.name)
    system.joinNode(node)
  }, awayS * 1000)
}
