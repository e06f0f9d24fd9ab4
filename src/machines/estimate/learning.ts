import { type Basis, basisOf } from './basis.ts'
import { distributionAt } from './belief.ts'
import { type Distribution, medianS, withProgress } from './distribution.ts'
import type { EstimatedJob, Estimator, GroupEstimate, Prediction } from './estimator.ts'
import { Family } from './family.ts'
import { logSeconds } from './logSeconds.ts'
import { OF_EARLIER, OF_GIVEN, OF_NOTHING } from './prior.ts'
import { RunningJobs } from './running.ts'

/** What is assumed of a job of which nobody knows anything, in seconds. */
export const GUESS_S = 60

/** One kind of estimates: what was learned from them, and the jobs that run on them. */
interface Learned {
  readonly family: Family
  readonly running: RunningJobs
}

type Kinds = Readonly<Record<Basis['kind'], Learned>>

/** Sums over the ended jobs of a group that had an estimate. */
interface Sums {
  jobs: number
  durationS: number
  estimateS: number
}

/**
 * The estimator that Longshore uses: a factor for each group, drawn to what is usual where few of its jobs have ended,
 * a power of the estimate common to all groups, and running jobs counted for what they have shown so far. Estimates of
 * the user's, durations of earlier runs and jobs without either are three families that are learned apart; what a job
 * did is learned by each that can make use of it.
 */
export function createLearningEstimator(): Estimator {
  const kinds: Kinds = {
    given: learned(OF_GIVEN),
    earlier: learned(OF_EARLIER),
    nothing: learned(OF_NOTHING),
  }
  const sums = new Map<string, Sums>()
  const all = Object.values(kinds)
  return {
    predict: job => predict(kinds, job),
    distribution: job => distribution(kinds, job),
    expect: job => expect(kinds, job),
    started: (job, at) => start(kinds, job, at),
    progressed: (id, fraction, at) => {
      for (const { running } of all) running.tell(id, fraction, at)
    },
    stopped: id => {
      for (const { running } of all) running.remove(id)
    },
    learn: (job, durationS) => {
      if (!(durationS >= 0) || durationS === Number.POSITIVE_INFINITY) return
      learn(kinds, job, durationS)
      addTo(sums, job, durationS)
    },
    remember: groups => {
      for (const { group, given, nothing } of groups) {
        kinds.given.family.remember(group, given)
        kinds.nothing.family.remember(group, nothing)
      }
    },
    at: now => {
      for (const { running } of all) running.at(now)
    },
    groups: () => [...sums].map(describe),
  }
}

function learned(prior: ConstructorParameters<typeof Family>[0]): Learned {
  const family = new Family(prior)
  return { family, running: new RunningJobs(family) }
}

function predict(kinds: Kinds, job: Omit<EstimatedJob, 'id'>): Prediction {
  const basis = basisOf(job)
  const seconds = medianS(believed(kinds, job.group, basis))
  return { seconds, guess: basis.kind === 'nothing' && !kinds.nothing.family.knows(job.group) }
}

function distribution(kinds: Kinds, job: EstimatedJob): Distribution {
  const basis = basisOf(job)
  const before = believed(kinds, job.group, basis)
  const told = kinds[basis.kind].running.told(job.id)
  return told ? withProgress(before, told.fraction, told.elapsedS) : before
}

function believed(kinds: Kinds, group: string, basis: Basis): Distribution {
  return distributionAt(kinds[basis.kind].family.belief(group), xOf(basis.seconds))
}

function expect(kinds: Kinds, job: Omit<EstimatedJob, 'id'>): void {
  const { kind, seconds } = basisOf(job)
  kinds[kind].family.expect(job.group, xOf(seconds))
}

function start(kinds: Kinds, job: EstimatedJob, at: number): void {
  const { kind, seconds } = basisOf(job)
  kinds[kind].running.add(job.id, job.group, xOf(seconds), at)
}

function learn(kinds: Kinds, { group, timeS, earlierS }: Omit<EstimatedJob, 'id'>, durationS: number): void {
  const log = logSeconds(durationS)
  kinds.nothing.family.learn(group, 0, log)
  if (timeS !== null) kinds.given.family.learn(group, logSeconds(timeS), log - logSeconds(timeS))
  if (earlierS !== undefined)
    kinds.earlier.family.learn(group, logSeconds(earlierS), log - logSeconds(earlierS))
}

/** No estimate counts as one of 1 s. */
function xOf(seconds: number | null): number {
  return seconds === null ? 0 : logSeconds(seconds)
}

function addTo(sums: Map<string, Sums>, { group, timeS }: Omit<EstimatedJob, 'id'>, durationS: number): void {
  const of = sums.get(group) ?? { jobs: 0, durationS: 0, estimateS: 0 }
  sums.set(group, of)
  if (timeS === null) return
  of.jobs += 1
  of.durationS += durationS
  of.estimateS += timeS
}

function describe([group, { jobs, durationS, estimateS }]: [string, Sums]): GroupEstimate {
  return { group, factor: estimateS > 0 ? durationS / estimateS : 1, jobs }
}
