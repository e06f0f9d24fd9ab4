import type {
  ExplainedJob,
  Explanation,
  PlacedExplanation,
  PlacementMoment,
  WaitingExplanation,
  WaitReason,
} from '../../explanation.ts'
import type { Policy, Situation } from '../placement/policy.ts'
import type { PendingJob } from '../placement/queue.ts'
import { rulePolicy } from '../placement/rulePolicy.ts'
import { endsInTime } from '../scheduler/deadline.ts'
import type { LiveJob } from '../scheduler/liveJob.ts'
import { restsOnGuesses } from '../scheduler/picture.ts'
import { situationOf } from '../scheduler/situation.ts'
import type { JobRecord, SchedulerState } from '../scheduler/state.ts'
import { expectedStart } from './start.ts'
import { askedBy, verdictOf } from './verdict.ts'
import { whyWaiting } from './waiting.ts'

/** What is asked of a job, and what was noted of it while the run went on. */
export interface Question {
  readonly record: JobRecord
  /** What the scheduler's machine says of itself. */
  readonly phase: 'ready' | 'running' | 'paused' | 'draining' | 'closing' | 'ended'
  /** Since when the job waits, ms since the epoch. */
  readonly since: number
  /** How the nodes looked when it was placed; `null` where that was not noted. */
  readonly moment: PlacementMoment | null
}

/** Why a job stands where it stands. Changes nothing. */
export function explain(state: SchedulerState, question: Question): Explanation {
  const { record } = question
  switch (record.at) {
    case 'queue':
      return waitingOf(state, record.pending, question)
    case 'place':
      return placedOf(state, record.live, question)
    case 'retrying': {
      const { failure, retryAt, pending } = record
      return { ...about(state, pending), state: 'retrying', failure, attempts: pending.attempts, retryAt }
    }
    case 'end':
      return { ...about(state, record.pending), state: 'ended', outcome: record.outcome }
  }
}

function about({ ports }: SchedulerState, { job: { id, name, group } }: PendingJob): ExplainedJob {
  return { id, name, group, at: ports.now() }
}

function waitingOf(
  state: SchedulerState,
  pending: PendingJob,
  { phase, since }: Question,
): WaitingExplanation {
  const policy = fresh(state.ports.policy)
  const situation = situationOf(state)
  const why = whyWaiting(policy, situation, pending)
  const still = standstill(phase)
  return {
    ...about(state, pending),
    state: 'waiting',
    asks: askedBy(pending.demand),
    since,
    waiting: state.queue.size,
    reason: still ?? tooLate(state, pending) ?? why.reason,
    nodes: situation.nodes.map(({ capacity, free }) => verdictOf(pending.demand, capacity, free)),
    kept: why.kept?.for.id === pending.job.id ? why.kept : null,
    starts: still === null && !restsOnGuesses(state, 'all') ? startOf(policy, situation, pending) : null,
  }
}

/** A policy that remembers its passes is left out of questions: another one of its rule answers them. */
function fresh(policy: Policy): Policy {
  return policy.rule ? rulePolicy(policy.rule) : policy
}

/** Why nothing is placed at all, if that is so. */
function standstill(phase: Question['phase']): WaitReason | null {
  if (phase === 'running') return null
  if (phase === 'ready') return { kind: 'notStarted' }
  return phase === 'paused' ? { kind: 'paused' } : { kind: 'stopped' }
}

/** That a job would not end in time, if that is so. */
function tooLate(state: SchedulerState, pending: PendingJob): WaitReason | null {
  const { at, by } = state.deadline
  return at === null || endsInTime(state, pending) ? null : { kind: 'late', deadline: at, by }
}

function startOf({ rule }: Policy, situation: Situation, pending: PendingJob) {
  return rule ? expectedStart(situation, pending, rule) : null
}

function placedOf(state: SchedulerState, live: LiveJob, { moment }: Question): PlacedExplanation {
  const { work } = live.ref.getSnapshot().context
  return {
    ...about(state, live.pending),
    state: live.startedAt === null ? 'placed' : 'running',
    asks: askedBy(live.pending.demand),
    node: live.node,
    placedAt: live.placedAt,
    startedAt: live.startedAt,
    attempt: live.pending.attempts + 1,
    cores: live.grant.cores,
    gpus: work?.placement.gpus ?? [],
    endsAt: expectedEnd(situationOf(state), live),
    policy: state.ports.policy.name,
    moment,
  }
}

/** As the policy sees it. */
function expectedEnd({ nodes, predict }: Situation, { node, grant, pending, placedAt }: LiveJob): number {
  const held = nodes.find(({ name }) => name === node)?.held() ?? []
  return held.find(one => one.grant === grant)?.until ?? placedAt + predict(pending) * 1000
}
