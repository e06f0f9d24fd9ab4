import { longestRun } from './cores.ts'
import type { Demand } from './demand.ts'
import { type Free, fit, type Grant, take } from './free.ts'
import type { Decision, Policy, Situation, Trace } from './policy.ts'
import { Board } from './rule/board.ts'
import { LiveWaiting } from './rule/liveWaiting.ts'
import { Pass } from './rule/pass.ts'
import { BALANCED_RESERVE, LONGEST_FIRST, type Rule } from './rule/rule.ts'

/** What can be told to a built-in policy. */
export interface RuleOptions {
  /**
   * So many jobs of each group (its longest) go first, where that costs nothing: to learn early how long the group's
   * jobs really take. 0 for none. Default: 3 with `longest-first`, 0 with `balanced-reserve`.
   */
  readonly groupStarts?: number
}

/**
 * The longest job that fits goes first, and nothing shorter than a tenth of a job that fits nowhere is placed. Simple,
 * and easy to foresee; `balancedReserve` ends sooner.
 */
export function longestFirst(options: RuleOptions = {}): Policy {
  return rulePolicy({ ...LONGEST_FIRST, ...options })
}

/**
 * Long and large jobs go first, weighed by what is scarce. The first that fits nowhere gets a reservation, its earliest
 * place and time, and what goes behind it is placed only where it does not delay it.
 */
export function balancedReserve(options: RuleOptions = {}): Policy {
  return rulePolicy({ ...BALANCED_RESERVE, ...options })
}

/** A policy that places by a rule. What it remembers from pass to pass only saves time: it decides by the situation. */
export function rulePolicy(rule: Rule): Policy {
  let board: Board | null = null
  return {
    name: rule.name,
    rule,
    decide(situation, trace) {
      if (!board?.suits(situation) || !board.read(situation)) board = boardOf(situation)
      return decide(rule, board, situation, trace)
    },
  }
}

function boardOf(situation: Situation): Board {
  const board = new Board(situation)
  board.read(situation)
  return board
}

/** Grants what the pass has decided, and takes it off what is free: the very cores and GPUs are chosen here. */
function grantOn(free: Free[], node: number, demand: Demand): Grant {
  const left = free[node]
  const grant = left && fit(left, demand)
  if (!left || !grant) throw new Error('the pass has placed a job where it does not fit')
  free[node] = take(left, grant)
  return grant
}

function decide(rule: Rule, board: Board, situation: Situation, trace?: Trace): Decision[] {
  const { cluster, running, prices, shapes } = board
  const waiting = new LiveWaiting(situation, shapes)
  prices.clearWaiting()
  waiting.addTo(prices)
  const pass = new Pass({ cluster, running, prices, waiting, rule, placedOf: waiting.placedOf })
  const free = situation.nodes.map(node => node.free)
  const decisions: Decision[] = []
  pass.run(board.secondsOf(situation.now), (bucket, position, node) => {
    const pending = waiting.at(bucket, position)
    const { name } = situation.nodes[node] ?? { name: '' }
    const grant = grantOn(free, node, pending.demand)
    board.granted(grant, shapes.of(pending.demand))
    if (grant.cores.length > 0) cluster.setCores(node, longestRun(free[node]?.cores ?? []))
    decisions.push({ pending, node: name, grant })
    board.touch(node)
  })
  if (trace) tellKept(pass, waiting, board, situation, trace)
  for (const node of pass.closed) board.touch(node)
  return decisions
}

function tellKept(pass: Pass, waiting: LiveWaiting, board: Board, { nodes }: Situation, trace: Trace): void {
  const kept = pass.kept()
  const node = kept && nodes[kept.node]
  if (kept && node) trace.reserved(waiting.at(kept.bucket, kept.position), node.name, board.timeOf(kept.at))
}
