import type { Rule } from '../placement/rule/rule.ts'
import { createRollout, type Rollout } from '../rollout/rollout.ts'
import { candidates, drawsOf } from './candidates.ts'
import type { SearchResult, SearchTask } from './task.ts'

/** A rule that was simulated to the end in every future. */
interface Tried {
  readonly rule: Rule
  /** Of each future. */
  readonly restS: readonly number[]
  readonly sumS: number
}

/** So many rules are handed on to the next search. */
const HANDED_ON = 6

/** More rules than that in one search find hardly more. */
const MOST_RULES = 64

/** A rule that has fallen behind the best by more than this share, over the futures so far, is not tried further. */
const HOPELESS = 0.01

/**
 * Looks for a rule that ends the rest of a run sooner than the one in force does, as far as the budget goes. All rules
 * meet the same futures, so that what differs is the rule. Deterministic: equal tasks have equal results, and the
 * rule that comes out is by its own simulation never slower than the one in force.
 */
export function searchRule(task: SearchTask): SearchResult {
  const trial = new Trial(createRollout(task.rest), task)
  const before = trial.measure(task.inForce)
  const rules = candidates(task.known, drawsOf(task.seed), () => trial.best.rule)
  for (const rule of rules.take(MOST_RULES)) {
    if (!trial.mayGoOn()) break
    trial.tryOut({ ...rule, groupStarts: task.groupStarts })
  }
  const futures = task.futures.length
  const { best } = trial
  const isBetter = best.sumS < before.sumS * (1 - task.leastGain)
  return {
    rule: isBetter ? best.rule : before.rule,
    restS: (isBetter ? best : before).sumS / futures,
    beforeS: before.sumS / futures,
    known: trial.bestOf(HANDED_ON),
    placements: trial.placements,
  }
}

/** What was tried so far, and what it has cost. */
class Trial {
  placements = 0
  readonly #rollout: Rollout
  readonly #task: SearchTask
  readonly #tried: Tried[] = []
  #best: Tried | null = null

  constructor(rollout: Rollout, task: SearchTask) {
    this.#rollout = rollout
    this.#task = task
  }

  get best(): Tried {
    return this.#best ?? this.measure(this.#task.inForce)
  }

  /** Whether the budget holds one more rule in all futures. A rest that nothing waits in needs no rule. */
  mayGoOn(): boolean {
    const { jobs } = this.#rollout
    return jobs > 0 && this.placements + jobs * this.#task.futures.length <= this.#task.placements
  }

  /** Simulates a rule in every future. */
  measure(rule: Rule): Tried {
    const restS = this.#task.futures.map((_, future) => this.#simulate(rule, future))
    return this.#note({ rule, restS, sumS: sum(restS) })
  }

  /** Simulates a rule, as long as it keeps up with the best. */
  tryOut(rule: Rule): void {
    const { futures } = this.#task
    const restS: number[] = []
    let [mine, theirs] = [0, 0]
    for (let future = 0; future < futures.length; future++) {
      restS.push(this.#simulate(rule, future))
      mine += restS[future] ?? 0
      theirs += this.best.restS[future] ?? 0
      if (mine > theirs * (1 + HOPELESS)) return
    }
    this.#note({ rule, restS, sumS: mine })
  }

  bestOf(number: number): Rule[] {
    const sorted = [...this.#tried].sort((a, b) => a.sumS - b.sumS)
    return sorted.slice(0, number).map(({ rule }) => rule)
  }

  #note(tried: Tried): Tried {
    this.#tried.push(tried)
    if (!this.#best || tried.sumS < this.#best.sumS) this.#best = tried
    return tried
  }

  #simulate(rule: Rule, future: number): number {
    this.placements += this.#rollout.jobs
    return this.#rollout.run(rule, this.#task.futures[future]).makespanS
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
