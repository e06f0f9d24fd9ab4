import { distributionAt } from './belief.ts'
import { observed, type Told } from './censored.ts'
import { addJob, type Evidence, noEvidence } from './evidence.ts'
import type { Family } from './family.ts'

interface RunningJob {
  readonly group: RunningGroup
  readonly x: number
  readonly startedAt: number
  told: Told | null
}

interface RunningGroup {
  readonly name: string
  readonly jobs: Set<RunningJob>
  /** Jobs that came, told something or went since what runs was last looked at. */
  changes: number
  /** When what runs is to be looked at again even if nothing changes, ms since the epoch. */
  dueAt: number
}

/** What runs is looked at again when a share of its jobs has changed, or of their usual time has passed. */
const CHANGED_SHARE = 1 / 8
const PASSED_SHARE = 1 / 5

/** Each look starts from what the last one made of it. */
const STEPS = 2

/**
 * The jobs that run, as one family of estimates learns from them. That a job still runs says more with every second,
 * but little more: so what runs is looked at anew only now and then, and a job costs a bounded number of looks.
 */
export class RunningJobs {
  readonly #family: Family
  readonly #groups = new Map<string, RunningGroup>()
  readonly #jobs = new Map<string, RunningJob>()
  readonly #changed = new Set<RunningGroup>()
  #dueAt = Number.POSITIVE_INFINITY

  constructor(family: Family) {
    this.#family = family
  }

  add(id: string, group: string, x: number, startedAt: number): void {
    const of = this.#group(group)
    const job: RunningJob = { group: of, x, startedAt, told: null }
    of.jobs.add(job)
    this.#jobs.set(id, job)
    this.#change(of)
  }

  tell(id: string, fraction: number, at: number): void {
    const job = this.#jobs.get(id)
    if (!job) return
    job.told = { fraction, elapsedS: elapsedOf(job, at) }
    this.#change(job.group)
  }

  remove(id: string): void {
    const job = this.#jobs.get(id)
    if (!job) return
    this.#jobs.delete(id)
    job.group.jobs.delete(job)
    this.#change(job.group)
  }

  told(id: string): Told | null {
    return this.#jobs.get(id)?.told ?? null
  }

  /** It is so late now: brings in what the running jobs say, where that is due. */
  at(now: number): void {
    for (const of of this.#changed) if (of.changes >= of.jobs.size * CHANGED_SHARE) this.#look(of, now)
    if (now < this.#dueAt) return
    for (const of of this.#groups.values()) if (now >= of.dueAt) this.#look(of, now)
    this.#dueAt = [...this.#groups.values()].reduce(
      (least, { dueAt }) => Math.min(least, dueAt),
      Number.POSITIVE_INFINITY,
    )
  }

  #group(name: string): RunningGroup {
    const known = this.#groups.get(name)
    if (known) return known
    const added = { name, jobs: new Set<RunningJob>(), changes: 0, dueAt: Number.POSITIVE_INFINITY }
    this.#groups.set(name, added)
    return added
  }

  #change(of: RunningGroup): void {
    of.changes += 1
    this.#changed.add(of)
  }

  #look(of: RunningGroup, now: number): void {
    of.changes = 0
    this.#changed.delete(of)
    for (let step = 0; step < STEPS; step++) this.#family.setRunning(of.name, this.#evidence(of, now))
    of.dueAt = of.jobs.size > 0 ? now + this.#usualS(of) * 1000 * PASSED_SHARE : Number.POSITIVE_INFINITY
    this.#dueAt = Math.min(this.#dueAt, of.dueAt)
    if (of.jobs.size === 0) this.#groups.delete(of.name)
  }

  #evidence(of: RunningGroup, now: number): Evidence {
    const belief = this.#family.belief(of.name)
    const sums = noEvidence()
    for (const job of of.jobs) {
      const said = observed(distributionAt(belief, job.x), job.told, elapsedOf(job, now))
      if (said) addJob(sums, job.x, said.logS - job.x, said.weight)
    }
    return sums
  }

  /** Geometric mean of what the running jobs of a group are expected to take. */
  #usualS(of: RunningGroup): number {
    const belief = this.#family.belief(of.name)
    let sum = 0
    for (const { x } of of.jobs) sum += distributionAt(belief, x).logMean
    return Math.exp(sum / of.jobs.size)
  }
}

function elapsedOf({ startedAt }: RunningJob, at: number): number {
  return (at - startedAt) / 1000
}
