/** What was told at one moment of a run, and what came of it. All in seconds. */
export interface Telling {
  readonly told: number
  /** Lower and upper end of the 80 % interval; `null` where none was told. */
  readonly interval: readonly [number, number] | null
  readonly truth: number
}

/** How right an estimate was over the tellings of one run. */
export interface Score {
  /** Mean of |told − truth| / truth. */
  readonly meanAbsoluteError: number
  /** Mean of (told − truth) / truth: below 0 where the run took longer than was told. */
  readonly bias: number
  /** Share of the tellings whose interval held the truth; `null` where none had one. */
  readonly coverage80: number | null
}

/** The score of some tellings. */
export function scoreOf(tellings: readonly Telling[]): Score {
  const errors = tellings.map(({ told, truth }) => (told - truth) / truth)
  const judged = tellings.flatMap(({ interval, truth }) => (interval ? [holds(interval, truth)] : []))
  return {
    meanAbsoluteError: mean(errors.map(Math.abs)),
    bias: mean(errors),
    coverage80: judged.length > 0 ? mean(judged.map(Number)) : null,
  }
}

/** The mean of scores, each run weighing the same. */
export function meanScore(scores: readonly Score[]): Score {
  const covered = scores.flatMap(({ coverage80 }) => coverage80 ?? [])
  return {
    meanAbsoluteError: mean(scores.map(score => score.meanAbsoluteError)),
    bias: mean(scores.map(score => score.bias)),
    coverage80: covered.length > 0 ? mean(covered) : null,
  }
}

function holds([low, high]: readonly [number, number], truth: number): boolean {
  return low <= truth && truth <= high
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
