import { assign, enqueueActions, sendTo, setup } from 'xstate'
import type { ExecutorEvent, JobEvent, JobReport, Receiver, Settlement } from '../events.ts'
import type { ExecutorReport, Work } from '../executor.ts'
import type { Ending, Job, OutcomeStatus } from '../job.ts'
import { cancelledOutcome, failureOf, outcomeOf, retryTime } from './outcome.ts'

/** What a job's actor is started with. */
export interface JobInput {
  readonly job: Job
  /** Attempts that were started before. Default 0. */
  readonly attempts?: number
  /** Who hears how the job goes on. */
  readonly owner: Receiver<JobReport>
  /** Seconds between TERM and KILL. Default 10. */
  readonly graceS?: number
  /** Seconds before the first retry, doubled for each further one. Default 1. */
  readonly retryDelayS?: number
}

/** What a job's actor remembers. Times in ms since the epoch. */
export interface JobState {
  readonly job: Job
  readonly owner: Receiver<JobReport>
  readonly graceS: number
  readonly retryDelayS: number
  readonly attempts: number
  readonly work: Work | null
  readonly executor: Receiver<ExecutorEvent> | null
  readonly placedAt: number | null
  readonly startedAt: number | null
  /** What the job last said of its progress, 0–1. */
  readonly fraction: number | null
  readonly timedOut: boolean
  readonly ending: Ending | null
  /** When a job in `retrying` is to be tried again: data, so that it outlives a restart. */
  readonly retryAt: number | null
}

const NO_ATTEMPT = {
  work: null,
  executor: null,
  placedAt: null,
  startedAt: null,
  fraction: null,
  timedOut: false,
  ending: null,
  retryAt: null,
} satisfies Partial<JobState>

const noteEnding = {
  type: 'noteEnding',
  params: ({ event }: { event: Extract<ExecutorReport, { type: 'job.exited' }> }) => ({
    ending: event.ending,
  }),
} as const

/**
 * The life of a job: pending → placed → running → succeeded | failed. A job over its time limit and a cancelled one
 * pass through TERM, grace and KILL, and are done only when the executor has told that nothing of them runs.
 *
 * A pending job needs no actor: it answers from this machine's initial state. An actor serves one attempt: `retrying`
 * and a lost node end it, and the job waits as data again.
 */
export const jobMachine = setup({
  types: { input: {} as JobInput, context: {} as JobState, events: {} as JobEvent },
  guards: {
    /** A late or mixed-up message: it speaks of another attempt. */
    foreign: ({ context, event }) =>
      'placementId' in event && event.placementId !== context.work?.placement.id,
    succeeded: ({ event }) => event.type === 'job.exited' && event.ending.ok,
    limited: ({ context }) => context.job.timeoutS !== null,
    mayRetry: ({ context }) => context.attempts <= context.job.retries,
  },
  delays: {
    grace: ({ context }) => context.graceS * 1000,
  },
  actions: {
    place: assign(({ context }, params: { work: Work; executor: Receiver<ExecutorEvent>; at: number }) => ({
      work: params.work,
      executor: params.executor,
      placedAt: params.at,
      attempts: context.attempts + 1,
    })),
    start: sendTo(
      ({ context }) => heldBy(context).executor,
      ({ context, self }) => ({ type: 'executor.start', work: heldBy(context).work, replyTo: self }),
    ),
    noteStart: assign((_, params: { at: number }) => ({ startedAt: params.at })),
    tellRunning: sendTo(
      ownerOf,
      ({ context }, { placementId, at, pid }: Extract<ExecutorReport, { type: 'job.started' }>) => ({
        type: 'job.running',
        jobId: context.job.id,
        placementId,
        at,
        pid,
      }),
    ),
    noteProgress: assign((_, params: { fraction: number }) => ({ fraction: params.fraction })),
    noteEnding: assign((_, params: { ending: Ending }) => ({ ending: params.ending })),
    noteTimeout: assign({ timedOut: true }),
    armTimeLimit: enqueueActions(({ context, enqueue }) => {
      const limitS = context.job.timeoutS
      if (limitS !== null) enqueue.raise({ type: 'job.timedOut' }, { delay: limitS * 1000 })
    }),
    /** `executor.terminate` is TERM, `executor.kill` is KILL. */
    end: sendTo(
      ({ context }) => heldBy(context).executor,
      ({ context }, params: { by: 'executor.terminate' | 'executor.kill' }) => ({
        type: params.by,
        placementId: heldBy(context).work.placement.id,
      }),
    ),
    scheduleRetry: assign(({ context }) => ({
      retryAt: context.ending && retryTime(context, context.ending),
    })),
    settle: sendTo(ownerOf, ({ context }, params: { as: Settled }) => ({
      type: 'job.settled',
      jobId: context.job.id,
      placementId: context.work?.placement.id ?? null,
      settlement: settlementOf(context, params.as),
    })),
    forgetAttempt: assign(NO_ATTEMPT),
    uncountAttempt: assign(({ context }) => ({ attempts: context.attempts - 1 })),
  },
}).createMachine({
  id: 'job',
  context: ({ input }) => ({
    job: input.job,
    owner: input.owner,
    graceS: input.graceS ?? 10,
    retryDelayS: input.retryDelayS ?? 1,
    attempts: input.attempts ?? 0,
    ...NO_ATTEMPT,
  }),
  initial: 'pending',
  states: {
    pending: {
      description: 'Waits for a place, as data',
      on: {
        'job.placed': { target: 'placed', actions: { type: 'place', params: ({ event }) => event } },
        'job.cancel': 'cancelled',
      },
    },
    placed: {
      description: 'Holds its resources and is being started',
      entry: 'start',
      on: {
        'job.started': [
          { guard: 'foreign' },
          {
            guard: 'limited',
            target: 'running',
            actions: [
              { type: 'noteStart', params: ({ event }) => event },
              { type: 'tellRunning', params: ({ event }) => event },
              'armTimeLimit',
            ],
          },
          {
            target: 'running',
            actions: [
              { type: 'noteStart', params: ({ event }) => event },
              { type: 'tellRunning', params: ({ event }) => event },
            ],
          },
        ],
        'job.exited': [
          { guard: 'foreign' },
          { guard: 'succeeded', target: 'succeeded', actions: noteEnding },
          { guard: 'mayRetry', target: 'retrying', actions: noteEnding },
          { target: 'failed', actions: noteEnding },
        ],
        'job.cancel': 'cancelling',
        'job.lost': 'lost',
      },
    },
    running: {
      description: 'Its process runs, or its function',
      entry: 'armTimeLimit',
      on: {
        'job.progressed': [
          { guard: 'foreign' },
          { actions: { type: 'noteProgress', params: ({ event }) => event } },
        ],
        'job.exited': [
          { guard: 'foreign' },
          { guard: 'succeeded', target: 'succeeded', actions: noteEnding },
          { guard: 'mayRetry', target: 'retrying', actions: noteEnding },
          { target: 'failed', actions: noteEnding },
        ],
        'job.timedOut': 'timingOut',
        'job.cancel': 'cancelling',
        'job.lost': 'lost',
      },
    },
    timingOut: {
      description: 'Over its time limit: TERM, grace, KILL',
      entry: 'noteTimeout',
      initial: 'terminating',
      states: {
        terminating: {
          description: 'Asked to end: TERM',
          entry: { type: 'end', params: { by: 'executor.terminate' } },
          after: { grace: 'killing' },
        },
        killing: {
          description: 'Ended at once: KILL',
          entry: { type: 'end', params: { by: 'executor.kill' } },
        },
      },
      on: {
        'job.exited': [
          { guard: 'foreign' },
          { guard: 'mayRetry', target: 'retrying', actions: noteEnding },
          { target: 'failed', actions: noteEnding },
        ],
        'job.cancel': 'cancelling',
        'job.lost': 'lost',
      },
    },
    cancelling: {
      description: 'Cancelled while it ran: TERM, grace, KILL',
      initial: 'terminating',
      states: {
        terminating: {
          description: 'Asked to end: TERM',
          entry: { type: 'end', params: { by: 'executor.terminate' } },
          after: { grace: 'killing' },
        },
        killing: {
          description: 'Ended at once: KILL',
          entry: { type: 'end', params: { by: 'executor.kill' } },
        },
      },
      on: {
        'job.exited': [{ guard: 'foreign' }, { target: 'cancelled', actions: noteEnding }],
        'job.lost': 'cancelled',
      },
    },
    lost: {
      description: 'Its node is gone: back to the queue, and no failure is counted',
      entry: [{ type: 'settle', params: { as: 'pending' } }, 'uncountAttempt', 'forgetAttempt'],
      always: 'pending',
    },
    retrying: {
      description: 'Failed, and waits as data until retryAt',
      entry: ['scheduleRetry', { type: 'settle', params: { as: 'retrying' } }],
      on: {
        'job.retryDue': { target: 'pending', actions: 'forgetAttempt' },
        'job.cancel': 'cancelled',
      },
    },
    succeeded: { type: 'final', entry: { type: 'settle', params: { as: 'succeeded' } } },
    failed: { type: 'final', entry: { type: 'settle', params: { as: 'failed' } } },
    cancelled: { type: 'final', entry: { type: 'settle', params: { as: 'cancelled' } } },
  },
})

type Settled = OutcomeStatus | 'retrying' | 'pending'

function ownerOf({ context }: { context: JobState }): Receiver<JobReport> {
  return context.owner
}

/** What a job in a place holds. Its states are entered through `job.placed` alone, so it is there. */
function heldBy({ executor, work }: JobState): { executor: Receiver<ExecutorEvent>; work: Work } {
  if (!executor || !work) throw new Error('A job without a placement cannot be started or ended')
  return { executor, work }
}

function settlementOf(state: JobState, as: Settled): Settlement {
  const { job, ending } = state
  if (as === 'pending') return { to: 'pending' }
  if (!ending) return { to: 'ended', outcome: cancelledOutcome(job, state.attempts), ending }
  if (as === 'retrying')
    return { to: 'retrying', failure: failureOf(job, ending, state.timedOut), retryAt: state.retryAt ?? 0 }
  return { to: 'ended', outcome: outcomeOf(state, ending, as), ending }
}
