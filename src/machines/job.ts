import { assign, enqueueActions, sendTo, setup } from 'xstate'
import type { ExecutorEvent, JobEvent, JobReport, Receiver } from '../events.ts'
import type { ExecutorReport, Work } from '../executor.ts'
import type { Ending } from '../job.ts'
import { initialJobState, type JobInput, type JobState, NO_ATTEMPT } from './jobState.ts'
import { canGrow, endingOf, retryTime, type Settled, settlementOf } from './outcome.ts'

export type { JobInput, JobState } from './jobState.ts'

/** What still runs so long after a KILL cannot be ended by signals. */
const STUCK_MS = 10_000

const noteEnding = {
  type: 'noteEnding',
  params: ({ event }: { event: Extract<ExecutorReport, { type: 'job.exited' }> }) => ({
    ending: event.ending,
  }),
} as const

/** Where an attempt goes that ends by itself. */
const byItsEnding = [
  { guard: 'foreign' },
  { guard: 'succeeded', target: 'succeeded', actions: noteEnding },
  { guard: 'lostItsLauncher', target: 'lost' },
  { guard: 'mayHaveMore', target: 'retrying', actions: [noteEnding, 'noteGrowth'] },
  { guard: 'mayRetry', target: 'retrying', actions: noteEnding },
  { target: 'failed', actions: noteEnding },
] as const

/** How an attempt is ended from outside. */
const termGraceKill = {
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
      after: { stuck: { actions: 'tellStuck' } },
    },
  },
} as const

/**
 * The life of a job: pending → placed → running → succeeded | failed. A job over its time limit, one that
 * holds far too much RAM, one that makes room for others and a cancelled one pass through TERM, grace and KILL, and are done only when the executor has told that nothing of them runs.
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
    /** Its launcher died, which is no fault of the command's: unless that happens again and again. */
    lostItsLauncher: ({ context, event }) =>
      event.type === 'job.exited' &&
      event.ending.failure?.reason === 'lost' &&
      context.job.run.kind === 'command' &&
      context.losses < MOST_LOSSES,
    limited: ({ context }) => context.job.timeoutS !== null,
    /** It ran out of memory, and could be given more of it. */
    mayHaveMore: ({ context, event }) => event.type === 'job.exited' && canGrow(context, event.ending),
    /** It is ended for its RAM, and could be given more. */
    mayHaveMoreRam: ({ context }) => context.mayGrow.ram,
    /** Attempts that ran out of memory and are made again with more do not count. */
    mayRetry: ({ context }) => context.attempts - context.grown <= context.job.retries,
  },
  delays: {
    grace: ({ context }) => context.graceS * 1000,
    stuck: STUCK_MS,
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
    /** A process that waits for a device cannot be killed: what it holds stays taken until it is gone. */
    tellStuck: sendTo(ownerOf, ({ context }) => ({
      type: 'job.stuck',
      jobId: context.job.id,
      placementId: heldBy(context).work.placement.id,
    })),
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
    tellProgress: sendTo(ownerOf, ({ context }, params: { placementId: string; fraction: number }) => ({
      type: 'job.advanced',
      jobId: context.job.id,
      placementId: params.placementId,
      fraction: params.fraction,
    })),
    noteEnding: assign(({ context }, params: { ending: Ending }) => ({
      ending: endingOf(context, params.ending),
    })),
    noteGrowth: assign(({ context }) => ({ grown: context.grown + 1 })),
    noteOveruse: assign((_, params: { ramGb: number }) => ({ overRamGb: params.ramGb })),
    noteTimeout: assign({ timedOut: true }),
    armTimeLimit: enqueueActions(({ context, enqueue }) => {
      const leftMs = timeLeft(context)
      if (leftMs !== null) enqueue.raise({ type: 'job.timedOut' }, { delay: leftMs })
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
  context: ({ input }) => initialJobState(input),
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
        'job.exited': byItsEnding,
        'job.evict': 'evicting',
        'job.cancel': 'cancelling',
        'job.lost': 'lost',
      },
    },
    running: {
      description: 'Its process runs, or its function',
      on: {
        'job.progressed': [
          { guard: 'foreign' },
          {
            actions: [
              { type: 'noteProgress', params: ({ event }) => event },
              { type: 'tellProgress', params: ({ event }) => event },
            ],
          },
        ],
        'job.exited': byItsEnding,
        'job.timedOut': 'timingOut',
        'job.overRam': {
          target: 'overRam',
          actions: { type: 'noteOveruse', params: ({ event }) => event },
        },
        'job.evict': 'evicting',
        'job.cancel': 'cancelling',
        'job.lost': 'lost',
      },
    },
    timingOut: {
      description: 'Over its time limit: TERM, grace, KILL',
      entry: 'noteTimeout',
      ...termGraceKill,
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
    overRam: {
      description: 'Holds far more RAM than was reserved for it: TERM, grace, KILL',
      ...termGraceKill,
      on: {
        'job.exited': [
          { guard: 'foreign' },
          { guard: 'mayHaveMoreRam', target: 'retrying', actions: [noteEnding, 'noteGrowth'] },
          { guard: 'mayRetry', target: 'retrying', actions: noteEnding },
          { target: 'failed', actions: noteEnding },
        ],
        'job.cancel': 'cancelling',
        'job.lost': 'lost',
      },
    },
    evicting: {
      description: 'Makes room on a node that is short of RAM, or is out of time: TERM, grace, KILL',
      ...termGraceKill,
      on: {
        'job.exited': [
          { guard: 'foreign' },
          { guard: 'succeeded', target: 'succeeded', actions: noteEnding },
          { target: 'lost' },
        ],
        'job.cancel': 'cancelling',
        'job.lost': 'lost',
      },
    },
    cancelling: {
      description: 'Cancelled while it ran: TERM, grace, KILL',
      ...termGraceKill,
      on: {
        'job.exited': [{ guard: 'foreign' }, { target: 'cancelled', actions: noteEnding }],
        'job.lost': 'cancelled',
      },
    },
    lost: {
      description:
        'Its node is gone, or it was ended for want of room or time: back to the queue, and no failure is counted',
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

/** A command that kills its launcher whenever it runs is not to do so for ever. */
const MOST_LOSSES = 3

/** Of its time limit, in ms: what was taken over from an earlier scheduler has used a part of it. `null` for no limit. */
function timeLeft({ job, placedAt, startedAt, isAdopted }: JobState): number | null {
  if (job.timeoutS === null) return null
  // Of all others this would be how far the clock was set back since.
  if (!isAdopted) return job.timeoutS * 1000
  const usedMs = Math.max(0, (placedAt ?? 0) - (startedAt ?? placedAt ?? 0))
  return Math.max(0, job.timeoutS * 1000 - usedMs)
}

function ownerOf({ context }: { context: JobState }): Receiver<JobReport> {
  return context.owner
}

/** What a job in a place holds. Its states are entered through `job.placed` alone, so it is there. */
function heldBy({ executor, work }: JobState): { executor: Receiver<ExecutorEvent>; work: Work } {
  if (!executor || !work) throw new Error('A job without a placement cannot be started or ended')
  return { executor, work }
}
