import type { Rule } from '../placement/rule/rule.ts'
import { createRollout, type Rollout } from '../rollout/rollout.ts'
import { candidates, drawsOf } from './candidates.ts'
import type { SearchResult, SearchTask } from './task.ts'

/** A rule that was simulated to the end in every future. */
interface Tried {
  readonly rule: Rule
  /** In each future the rest of the run as a share of what it is by the rule in force. */
  readonly shares: readonly number[]
  readonly sum: number
}

/** So many rules are handed on to the next search. */
const HANDED_ON = 6

/** More rules than that in one search find hardly more; of many in uncertain futures one would look best by chance. */
const MOST_RULES = 256
const MOST_IF_UNCERTAIN = 64

/** A rule that has fallen behind the best by more than this share, over the futures so far, is not tried further. */
const HOPELESS = 0.01

/**
 * Looks for a rule that ends the rest of a run sooner than the one in force does, as far as the budget goes. All rules
 * meet the same futures, so that what differs is the rule; and each future counts alike, as a share of what it is by the
 * rule in force, so that the few in which everything takes very long do not decide alone. Deterministic: equal tasks have equal results, and the
 * rule that comes out is by its own simulation never slower than the one in force.
 */
export function searchRule(task: SearchTask): SearchResult {
  const trial = new Trial(task)
  const rules = candidates(task.known, drawsOf(task.seed), () => trial.best.rule)
  const most = task.futures.length > 1 ? MOST_IF_UNCERTAIN : MOST_RULES
  for (const rule of rules.take(most)) {
    if (!trial.mayGoOn()) break
    trial.tryOut({ ...rule, groupStarts: task.groupStarts })
  }
  const gain = 1 - trial.best.sum / task.futures.length
  const isBetter = gain > task.leastGain
  return {
    rule: isBetter ? trial.best.rule : task.inForce,
    gain: isBetter ? gain : 0,
    known: trial.bestOf(HANDED_ON),
    placements: trial.placements,
  }
}

/** What was tried so far, and what it has cost. */
class Trial {
  placements = 0
  best: Tried
  readonly #rollout: Rollout
  readonly #task: SearchTask
  /** Seconds of the rest by the rule in force, of each future. */
  readonly #beforeS: readonly number[]
  readonly #tried: Tried[]

  constructor(task: SearchTask) {
    this.#rollout = createRollout(task.rest)
    this.#task = task
    this.#beforeS = task.futures.map((_, future) => this.#simulate(task.inForce, future))
    const shares = task.futures.map(() => 1)
    this.best = { rule: task.inForce, shares, sum: shares.length }
    this.#tried = [this.best]
  }

  /** Whether the budget holds one more rule in all futures. A rest that nothing waits in needs no rule. */
  mayGoOn(): boolean {
    const { jobs } = this.#rollout
    return jobs > 0 && this.placements + jobs * this.#task.futures.length <= this.#task.placements
  }

  /** Simulates a rule, as long as it keeps up with the best. */
  tryOut(rule: Rule): void {
    const shares: number[] = []
    let [mine, theirs] = [0, 0]
    for (const [future, beforeS] of this.#beforeS.entries()) {
      const share = this.#simulate(rule, future) / beforeS
      shares.push(share)
      mine += share
      theirs += this.best.shares[future] ?? 0
      if (mine > theirs * (1 + HOPELESS)) return
    }
    const tried = { rule, shares, sum: mine }
    this.#tried.push(tried)
    if (tried.sum < this.best.sum) this.best = tried
  }

  bestOf(number: number): Rule[] {
    const sorted = [...this.#tried].sort((a, b) => a.sum - b.sum)
    return sorted.slice(0, number).map(({ rule }) => rule)
  }

  #simulate(rule: Rule, future: number): number {
    this.placements += this.#rollout.jobs
    return this.#rollout.run(rule, this.#task.futures[future]).makespanS
  }
}
