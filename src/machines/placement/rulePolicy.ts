import { type Free, fit, take } from './free.ts'
import type { Decision, Policy, Situation, Trace } from './policy.ts'
import { Board } from './rule/board.ts'
import { LiveWaiting } from './rule/liveWaiting.ts'
import { type OnPlaced, Pass } from './rule/pass.ts'
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
  let desk: Desk | null = null
  return {
    name: rule.name,
    rule,
    decide(situation, trace) {
      desk = deskFor(situation, rule, desk)
      desk.waiting.begin(situation)
      return decide(desk, situation, trace)
    },
  }
}

/** What a policy keeps from pass to pass. */
interface Desk {
  readonly board: Board
  readonly waiting: LiveWaiting
  readonly pass: Pass
}

/** What was kept, as far as it suits the situation. */
function deskFor(situation: Situation, rule: Rule, before: Desk | null): Desk {
  if (!before?.board.read(situation)) {
    const board = new Board(situation)
    board.read(situation)
    return deskOn(board, situation, rule)
  }
  return before.waiting.suits(situation) ? before : deskOn(before.board, situation, rule)
}

function deskOn(board: Board, situation: Situation, rule: Rule): Desk {
  const { cluster, running, prices, shapes } = board
  const waiting = new LiveWaiting(situation, shapes)
  const pass = new Pass({ cluster, running, prices, waiting, rule, placedOf: waiting.placedOf })
  return { board, waiting, pass }
}

function decide({ board, waiting, pass }: Desk, situation: Situation, trace?: Trace): Decision[] {
  const now = board.secondsOf(situation.now)
  const decisions: Decision[] = []
  if (!trace && !pass.mayPlace(now)) return decisions
  const { nodes, most } = situation
  const left = new Map<number, Free>()
  board.prices.clearWaiting()
  waiting.addTo(board.prices)
  const placed: OnPlaced = (bucket, position, node, slot) => {
    const pending = waiting.at(bucket, position)
    const free = left.get(node) ?? nodes[node]?.free
    const grant = free && fit(free, pending.demand)
    if (!grant) throw new Error('the pass has placed a job where it does not fit')
    const after = take(free, grant)
    left.set(node, after)
    board.granted(node, slot, grant, after.cores)
    decisions.push({ pending, node: nodes[node]?.name ?? '', grant })
  }
  pass.run(now, placed, most)
  if (trace) tellKept(pass, waiting, board, situation, trace)
  for (const node of pass.closed) board.touch(node)
  return decisions
}

function tellKept(pass: Pass, waiting: LiveWaiting, board: Board, { nodes }: Situation, trace: Trace): void {
  const kept = pass.kept()
  const node = kept && nodes[kept.node]
  if (kept && node) trace.reserved(waiting.at(kept.bucket, kept.position), node.name, board.timeOf(kept.at))
}
