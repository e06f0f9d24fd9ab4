/** A run of neighbouring free cores: the first position and how many. */
interface CoreRun {
  readonly first: number
  readonly length: number
}

/** The runs of neighbours in an ascending list of positions: `[0, 1, 2, 5]` has the runs 0–2 and 5. */
function coreRuns(free: readonly number[]): CoreRun[] {
  const runs: CoreRun[] = []
  for (const core of free) {
    const last = runs.at(-1)
    if (last && last.first + last.length === core)
      runs[runs.length - 1] = { ...last, length: last.length + 1 }
    else runs.push({ first: core, length: 1 })
  }
  return runs
}

/**
 * `count` neighbouring cores out of the free ones, or `null` where no run is long enough. Best fit: they come from
 * the shortest run that is long enough, so that long runs stay whole for the jobs that need them.
 */
export function chooseCores(free: readonly number[], count: number): readonly number[] | null {
  if (count === 0) return []
  const fitting = coreRuns(free).filter(run => run.length >= count)
  const [first, ...others] = fitting
  if (!first) return null
  const best = others.reduce((a, b) => (b.length < a.length ? b : a), first)
  return Array.from({ length: count }, (_, i) => best.first + i)
}

/** Length of the longest run of neighbours among the free cores. */
export function longestRun(free: readonly number[]): number {
  return coreRuns(free).reduce((longest, run) => Math.max(longest, run.length), 0)
}

/** The free cores without those that are taken. */
export function withoutCores(free: readonly number[], taken: readonly number[]): readonly number[] {
  return taken.length === 0 ? free : free.filter(core => !taken.includes(core))
}

/** The free cores and those that come back, ascending. */
export function withCores(free: readonly number[], back: readonly number[]): readonly number[] {
  return back.length === 0 ? free : [...free, ...back].sort((a, b) => a - b)
}
