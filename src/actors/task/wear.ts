/** What a worker has been through. */
export interface Wear {
  /** Tasks that it has run. */
  readonly tasks: number
  /** Seconds since it was started. */
  readonly ageS: number
  /** Resident memory in GiB when it had loaded nothing yet, and when it was last measured. */
  readonly bareRamGb: number
  readonly ramGb: number
}

/** When a worker has to make room for a fresh process. */
export interface WearLimits {
  readonly ramGrowthFactor: number
  readonly tasksPerWorker: number
  readonly workerLifeS: number
}

/**
 * A worker is replaced so that what tasks leave behind (leaked memory, changed globals) does not pile up: at once
 * when its memory has grown by the factor; else when it has both run the number of tasks and lived the number of
 * seconds.
 *
 * Both, because a process start takes 30–80 ms: after every 200 tasks of 0.1 ms it would take most of the time.
 * With the defaults (200 tasks and 5 s) starts stay at about 1 % of a worker's time however short the tasks are,
 * and whatever takes 25 ms or longer gets its fresh process after exactly 200 tasks.
 */
export function isWorn(wear: Wear, limits: WearLimits): boolean {
  const hasGrown = wear.ramGb > wear.bareRamGb * limits.ramGrowthFactor
  return hasGrown || (wear.tasks >= limits.tasksPerWorker && wear.ageS >= limits.workerLifeS)
}
