import { type BlockedRule, type NodeRule, PORTFOLIO, type Rule, type Weight } from '../placement/rule/rule.ts'

/** Draws numbers in (0, 1), always the same for the same seed. */
export type Draw = () => number

/** Numbers by a seed: a counter, its bits mixed by the finaliser of MurmurHash3. */
export function drawsOf(seed: number): Draw {
  let counter = Math.imul(seed + 1, 0x85ebca77)
  return () => {
    counter = (counter + 0x9e3779b9) | 0
    let bits = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b)
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
    return (((bits ^ (bits >>> 16)) >>> 0) + 0.5) / 2 ** 32
  }
}

/**
 * The rules that a search tries, in this order: those that were good before, the eight of the portfolio, then for ever
 * half of them drawn from all over, half near the best so far.
 */
export function* candidates(known: readonly Rule[], draw: Draw, best: () => Rule): Generator<Rule, never> {
  yield* known
  yield* PORTFOLIO
  for (;;) yield draw() < 0.5 ? anyRule(draw) : near(best(), draw)
}

const WEIGHTS = ['balance', 'balance', 'width', 'priced-share', 'dominant-share'] as const satisfies Weight[]
const NODE_RULES = ['best', 'first', 'dot', 'priced-best'] as const satisfies NodeRule[]

function anyRule(draw: Draw): Rule {
  return named({
    timeExponent: 0.05 + 1.2 * draw(),
    weightExponent: 3.5 * draw(),
    weight: choose(draw, WEIGHTS),
    node: choose(draw, NODE_RULES),
    blocked: anyBlockedRule(draw),
    finisherShare: anyFinisherShare(draw),
    groupStarts: 0,
  })
}

function near(rule: Rule, draw: Draw): Rule {
  const changed = <T>(chance: number, from: T, to: () => T): T => (draw() < chance ? to() : from)
  const factor = (): number => Math.exp(0.5 * (2 * draw() - 1))
  return named({
    timeExponent: changed(0.6, rule.timeExponent, () => Math.max(0.02, rule.timeExponent * factor())),
    weightExponent: changed(0.6, rule.weightExponent, () => rule.weightExponent * factor()),
    weight: changed(0.1, rule.weight, () => choose(draw, WEIGHTS)),
    node: changed(0.15, rule.node, () => choose(draw, NODE_RULES)),
    blocked: changed(0.1, rule.blocked, () => anyBlockedRule(draw)),
    finisherShare: changed(0.4, rule.finisherShare, () => anyFinisherShare(draw)),
    groupStarts: rule.groupStarts,
  })
}

function anyFinisherShare(draw: Draw): number {
  return 0.15 + 0.85 * draw()
}

function anyBlockedRule(draw: Draw): BlockedRule {
  const [kind, share] = [draw(), 0.5 * draw()]
  if (kind < 0.5) return { kind: 'reserve' }
  return kind < 0.75 ? { kind: 'threshold', share } : { kind: 'none' }
}

function choose<T>(draw: Draw, from: readonly [T, ...T[]]): T {
  return from[Math.floor(draw() * from.length)] ?? from[0]
}

function named(rule: Omit<Rule, 'name'>): Rule {
  const { timeExponent, weightExponent, weight, node, blocked, finisherShare } = rule
  const wait = blocked.kind === 'threshold' ? `threshold ${blocked.share.toFixed(2)}` : blocked.kind
  const name = `time^${timeExponent.toFixed(2)} × ${weight}^${weightExponent.toFixed(2)}, ${wait}, ${node}, finish ${finisherShare.toFixed(2)}`
  return { name, ...rule }
}
