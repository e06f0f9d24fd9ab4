import type { Rule } from '../placement/rule/rule.ts'
import type { Durations, RestOfRun } from '../rollout/rest.ts'

/** What a search is to look at. Plain data, so that it can be sent to another thread. */
export interface SearchTask {
  /** What is left of the run, as predicted. */
  readonly rest: RestOfRun
  /** How long the jobs take: as predicted, and in sampled futures where that is uncertain. */
  readonly futures: readonly Durations[]
  /** The rule by which jobs are placed now. */
  readonly inForce: Rule
  /** Rules that were good in an earlier search: tried again before others are drawn. */
  readonly known: readonly Rule[]
  /** Every rule that is tried starts so many jobs of each group first. */
  readonly groupStarts: number
  /** Simulated placements that may be spent. */
  readonly placements: number
  /** A rule takes over where it makes the rest of the run shorter by more than this share. */
  readonly leastGain: number
  /** Decides which rules are drawn. */
  readonly seed: number
}

/** What came of a search. */
export interface SearchResult {
  /** The rule in force, or one that is better. */
  readonly rule: Rule
  /** By what share it makes the rest of the run shorter, the mean over the futures; 0 for the rule in force. */
  readonly gain: number
  /** The best of those that were tried, the best first: for the next search. */
  readonly known: readonly Rule[]
  /** Simulated placements that were spent. */
  readonly placements: number
}

/** Simulates the rest of a run by several rules, beside the run: in a thread of its own, or in no simulated time. */
export interface Searcher {
  /** Starts a search; at most one runs at a time. Answers once, and not at all after what it returns was called. */
  search(task: SearchTask, answer: SearchAnswer): () => void
  /** Ends what runs. Resolves when nothing of it is left. */
  close(): Promise<void>
}

/** Who hears of the end of a search. */
export interface SearchAnswer {
  /** `costS`: seconds of CPU time. */
  found(result: SearchResult, costS: number): void
  failed(why: string): void
}
