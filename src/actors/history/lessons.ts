import type { Job, Outcome } from '../../job.ts'
import { addJob, type Evidence, noEvidence, union } from '../../machines/estimate/evidence.ts'
import { logSeconds } from '../../machines/estimate/logSeconds.ts'
import { jobKey } from './key.ts'

/** What a job has taught that has ended. */
export interface JobLesson {
  readonly key: string
  /** ln(seconds) that it took. */
  readonly logS: number
}

/** What the jobs of a group have taught together, as the estimator sums it up. */
export interface GroupLesson {
  readonly given: Evidence
  readonly all: Evidence
}

/** What is over at once need not be known again one by one: its group says as much, and there may be millions of it. */
const LEAST_S = 0.02

/** What has been learned and not been written yet. */
export class Lessons {
  jobs: JobLesson[] = []
  groups = new Map<string, GroupLesson>()

  get isEmpty(): boolean {
    return this.groups.size === 0 && this.jobs.length === 0
  }

  add(job: Job, { durationS }: Pick<Outcome, 'durationS'>): void {
    const logS = logSeconds(durationS)
    const key = durationS < LEAST_S ? null : jobKey(job)
    if (key !== null) this.jobs.push({ key, logS })
    const of = this.groups.get(job.group) ?? { given: noEvidence(), all: noEvidence() }
    this.groups.set(job.group, of)
    addJob(of.all, 0, logS, 1)
    if (job.timeS !== null) addJob(of.given, logSeconds(job.timeS), logS - logSeconds(job.timeS), 1)
  }

  /** Takes out all groups, and as many jobs. */
  take(most: number): Lessons {
    const taken = new Lessons()
    taken.jobs = this.jobs.splice(0, most)
    taken.groups = this.groups
    this.groups = new Map()
    return taken
  }

  /** Puts back what was taken. */
  putBack(taken: Lessons): void {
    this.jobs = [...taken.jobs, ...this.jobs]
    for (const [group, lesson] of taken.groups) this.#merge(group, lesson)
  }

  #merge(group: string, lesson: GroupLesson): void {
    const of = this.groups.get(group)
    this.groups.set(
      group,
      of ? { given: union(of.given, lesson.given), all: union(of.all, lesson.all) } : lesson,
    )
  }
}
