/** What a waiting job's size counts in its key; shares are fractions of all nodes together. */
export type Weight =
  /** Σ price × share × (free fraction + 0.03): what is scarce and free now is given to those who use much of it. */
  | 'balance'
  /** Σ share. */
  | 'width'
  /** Σ price × share. */
  | 'priced-share'
  /** The largest share. */
  | 'dominant-share'

/** On which of the nodes where it fits a job goes. */
export type NodeRule =
  /** The one with the least left over. */
  | 'best'
  /** The first in their order. */
  | 'first'
  /** The one whose free resources point most in the direction of the demand (dot product). */
  | 'dot'
  /** The one with the least left over, each resource times its price. */
  | 'priced-best'

/** What a job that fits nowhere now does to those behind it. */
export type BlockedRule =
  /** The first of them gets its earliest place and time, and nobody may delay it. */
  | { readonly kind: 'reserve' }
  /** Nothing shorter than this share of the longest of them is placed. */
  | { readonly kind: 'threshold'; readonly share: number }
  | { readonly kind: 'none' }

/**
 * The placement rule as data: of the waiting jobs the one with the highest key `timeExponent × ln p + weightExponent ×
 * ln weight` goes first, p being its predicted time. Every built-in policy is this rule with other figures.
 */
export interface Rule {
  readonly name: string
  readonly timeExponent: number
  readonly weightExponent: number
  readonly weight: Weight
  readonly node: NodeRule
  readonly blocked: BlockedRule
  /** A job with p ≥ this share of what the rest of the run needs at least goes before all others. `Infinity`: none. */
  readonly finisherShare: number
  /** So many jobs of each group go first, where that costs nothing: to learn early how long they take. 0 for none. */
  readonly groupStarts: number
}

const RESERVE = { kind: 'reserve' } as const
const NONE = { kind: 'none' } as const

/** Long and large jobs first, weighed by what is scarce; the first that fits nowhere has its place kept. */
export const BALANCED_RESERVE: Rule = {
  name: 'balanced-reserve',
  timeExponent: 1,
  weightExponent: 2,
  weight: 'balance',
  node: 'best',
  blocked: RESERVE,
  finisherShare: 0.6,
  groupStarts: 0,
}

/** The longest that fits; nothing shorter than a tenth of a waiting one; three of each group first. */
export const LONGEST_FIRST: Rule = {
  name: 'longest-first',
  timeExponent: 1,
  weightExponent: 0,
  weight: 'width',
  node: 'best',
  blocked: { kind: 'threshold', share: 0.1 },
  finisherShare: Number.POSITIVE_INFINITY,
  groupStarts: 3,
}

/** Eight rules that are good at different things: where one does badly another does well. The first is balanced-reserve. */
export const PORTFOLIO: readonly Rule[] = [
  BALANCED_RESERVE,
  ruleOf('wide-threshold', 0.1, 3, 'balance', 'dot', threshold(0.3), 0.9),
  ruleOf('width-greedy', 0.7, 3, 'width', 'first', NONE, 0.9),
  ruleOf('wide-reserve', 0.1, 2, 'balance', 'first', RESERVE, 0.8),
  ruleOf('priced-reserve', 0.1, 1, 'balance', 'priced-best', RESERVE, 0.4),
  ruleOf('long-reserve', 0.7, 1, 'priced-share', 'first', RESERVE, 0.9),
  ruleOf('balanced-threshold', 0.3, 1, 'balance', 'dot', threshold(0.1), 0.5),
  ruleOf('dominant-greedy', 0.1, 2, 'dominant-share', 'best', NONE, 0.8),
]

function threshold(share: number): BlockedRule {
  return { kind: 'threshold', share }
}

function ruleOf(
  name: string,
  timeExponent: number,
  weightExponent: number,
  weight: Weight,
  node: NodeRule,
  blocked: BlockedRule,
  finisherShare: number,
): Rule {
  return { name, timeExponent, weightExponent, weight, node, blocked, finisherShare, groupStarts: 0 }
}
