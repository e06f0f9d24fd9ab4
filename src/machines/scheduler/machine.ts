import { assign, emit, enqueueActions, fromEventObservable, setup } from 'xstate'
import type { NodeExecutors, SchedulerEvent } from '../../events.ts'
import type { NodeCapacity } from '../../node.ts'
import { type LedgerRef, ledgerMachine } from '../ledger.ts'
import { type Admitted, admit, cancel } from './admit.ts'
import { endBy, endRunning, nothingEndsInTime, tellOutOfTime } from './deadline.ts'
import { deskLogic } from './desk.ts'
import { hear } from './hear.ts'
import { obey } from './memory.ts'
import { carryOut, plan } from './pass.ts'
import { type HeldBefore, planHeld, restoreEnded } from './restore.ts'
import { retry, retryWaitMs } from './retry.ts'
import type { PassSignal } from './signal.ts'
import { emptyState, type SchedulerPorts, type SchedulerState, unfinished } from './state.ts'

/** What the scheduler emits: `scheduler.idle` when nothing is left to do, or nothing may be placed and nothing runs. */
export type SchedulerEmitted = { readonly type: 'scheduler.idle' }

/** The deadline has come: nothing more is placed, and what runs is ended. */
const outOfTime = [
  { guard: 'allEnded' },
  { target: 'draining', actions: ['hear', 'tellOutOfTime', 'endRunning'] },
] as const

/**
 * The scheduler: reacts to what was freed, added, joined, left or cancelled with one placement pass. Its ledgers are
 * its children, and so is the actor of each job that holds a place.
 */
export const schedulerMachine = setup({
  types: {
    input: {} as SchedulerPorts,
    context: {} as SchedulerState,
    events: {} as SchedulerEvent,
    emitted: {} as SchedulerEmitted,
    children: {} as { passes: 'passes'; desk: 'desk' } & Record<string, 'ledger'>,
  },
  actors: {
    ledger: ledgerMachine,
    desk: deskLogic,
    passes: fromEventObservable(({ input }: { input: PassSignal }) => input.pass$),
  },
  guards: {
    nothingRuns: ({ context }) => context.live.size === 0,
    allEnded: ({ context }) => unfinished(context) === 0,
    nothingEndsInTime: ({ context }) => nothingEndsInTime(context),
  },
  actions: {
    pass: ({ context }) => {
      const planned = plan(context)
      if (planned.length > 0) carryOut(context, planned)
    },
    adopt: ({ context }, { held }: { held: readonly HeldBefore[] }) =>
      carryOut(context, planHeld(context, held)),
    resume: ({ context }) => context.ports.signal.resumed(),
    tellState: (
      { context },
      params: { state: 'ready' | 'running' | 'paused' | 'draining' | 'closing' | 'ended' },
    ) => context.ports.tell({ type: 'state.changed', at: context.ports.now(), state: params.state }),
    tellIdle: emit({ type: 'scheduler.idle' }),
    cancelAll: ({ context }) => cancel(context, context.jobs.keys()),
    tellOutOfTime: ({ context }) => tellOutOfTime(context),
    endRunning: ({ context }) => endRunning(context),
    armDeadline: enqueueActions(({ context: { deadline, ports }, enqueue }) => {
      enqueue.cancel('deadline')
      if (deadline.at === null) return
      const delay = Math.max(0, deadline.at - ports.now())
      enqueue.raise({ type: 'scheduler.outOfTime' }, { delay, id: 'deadline' })
    }),
    forgetRooms: ({ context }) => context.rooms.clear(),
    /** A node that comes back keeps its ledger, and the capacity that it had, while jobs of ours run there. */
    retireLedger: enqueueActions(({ context, enqueue }, { name }: { name: string }) => {
      const before = context.nodes.get(name)
      if (before && !holdsAnything(before.ledger)) enqueue.stopChild(before.ledger)
      else if (before) enqueue.sendTo(before.ledger, { type: 'ledger.open' })
    }),
    join: assign(({ context, spawn }, params: { capacity: NodeCapacity; executors: NodeExecutors }) => {
      const { name } = params.capacity
      const before = context.nodes.get(name)
      const node =
        before && holdsAnything(before.ledger)
          ? { ...before, executors: params.executors }
          : { ...params, ledger: spawn('ledger', { id: `ledger:${name}`, input: params.capacity }) }
      return { nodes: new Map(context.nodes).set(name, node) }
    }),
    leave: enqueueActions(({ context, enqueue }, { node }: { node: string }) => {
      const known = context.nodes.get(node)
      if (known) enqueue.sendTo(known.ledger, { type: 'ledger.drain' })
    }),
    /** Each of its jobs settles as pending, and what it held goes back to a ledger that gives nothing any more. */
    lose: ({ context }, { node }: { node: string }) => {
      for (const live of [...context.live.on(node)]) live.ref.send({ type: 'job.lost' })
      context.nodes.get(node)?.ledger.send({ type: 'ledger.drain' })
    },
    withdraw: ({ context }, { placementIds }: { placementIds: readonly string[] }) => {
      for (const live of [...context.live.values()])
        if (placementIds.includes(live.placementId)) live.ref.send({ type: 'job.lost' })
    },
    wakeForRetries: enqueueActions(({ context, enqueue }, { jobs }: { jobs: readonly Admitted[] }) => {
      for (const { job, retry } of jobs)
        if (retry && context.retrying.has(job.id))
          enqueue.raise(
            { type: 'job.retryDue', jobId: job.id },
            { delay: retryWaitMs(context, job.id), id: job.id },
          )
    }),
    /** Those that are to be tried again are woken when it is time. */
    hear: enqueueActions(({ context, enqueue }) => {
      for (const jobId of hear(context))
        enqueue.raise({ type: 'job.retryDue', jobId }, { delay: retryWaitMs(context, jobId), id: jobId })
    }),
  },
}).createMachine({
  id: 'scheduler',
  context: ({ input, self, spawn }) =>
    emptyState(input, spawn('desk', { id: 'desk', input: { scheduler: self, endOfTurn: input.endOfTurn } })),
  invoke: { id: 'passes', src: 'passes', input: ({ context }) => context.ports.signal },
  initial: 'ready',
  on: {
    'jobs.add': {
      actions: [
        ({ context, event }) => admit(context, event.jobs),
        { type: 'wakeForRetries', params: ({ event }) => event },
      ],
    },
    'jobs.restore': { actions: ({ context, event }) => restoreEnded(context, event.ended) },
    'jobs.adopt': { actions: { type: 'adopt', params: ({ event }) => event } },
    'jobs.cancel': { actions: ['hear', ({ context, event }) => cancel(context, event.ids)] },
    'jobs.reported': { actions: 'hear' },
    'node.short': { actions: ['hear', ({ context, event }) => obey(context, event)] },
    'node.eased': { actions: ({ context, event }) => obey(context, event) },
    'job.overRequest': { actions: ({ context, event }) => obey(context, event) },
    'job.overRam': { actions: ['hear', ({ context, event }) => obey(context, event)] },
    'job.evict': { actions: ['hear', ({ context, event }) => obey(context, event)] },
    'job.retryDue': { actions: ({ context, event }) => retry(context, event) },
    'node.silent': { actions: ({ context, event }) => context.silent.add(event.node) },
    'node.heard': {
      actions: [
        ({ context, event }) => context.silent.delete(event.node),
        ({ context }) => context.ports.signal.joined(),
      ],
    },
    'node.join': {
      actions: [
        ({ context, event }) => context.silent.delete(event.capacity.name),
        { type: 'retireLedger', params: ({ event }) => event.capacity },
        {
          type: 'join',
          params: ({ event: { capacity, executors } }) => ({ capacity, executors }),
        },
        'forgetRooms',
        ({ context }) => context.ports.signal.joined(),
      ],
    },
    'node.leave': {
      actions: [
        { type: 'leave', params: ({ event }) => event },
        'forgetRooms',
        ({ context }) => context.ports.signal.left(),
      ],
    },
    'node.lose': {
      actions: [
        ({ context, event }) => context.silent.delete(event.node),
        'hear',
        { type: 'lose', params: ({ event }) => event },
        'hear',
        'forgetRooms',
        ({ context }) => context.ports.signal.left(),
      ],
    },
    'scheduler.endBy': {
      actions: [({ context, event }) => endBy(context, event.at, event.by), 'armDeadline'],
    },
    'placements.withdraw': { actions: [{ type: 'withdraw', params: ({ event }) => event }, 'hear'] },
    'scheduler.close': [
      { guard: 'nothingRuns', target: '.closed', actions: ['hear', 'cancelAll'] },
      { target: '.closing', actions: ['hear', 'cancelAll'] },
    ],
  },
  states: {
    ready: {
      description: 'Takes jobs and nodes, places nothing yet',
      on: {
        'scheduler.start': 'running',
        'scheduler.drain': 'draining',
        'scheduler.outOfTime': outOfTime,
      },
    },
    running: {
      description: 'Places what fits',
      entry: [{ type: 'tellState', params: { state: 'running' } }, 'resume'],
      on: {
        'scheduler.pass': [
          { guard: 'allEnded', actions: 'tellIdle' },
          { guard: 'nothingEndsInTime', target: 'draining', actions: 'tellOutOfTime' },
          { actions: 'pass' },
        ],
        'scheduler.pause': 'paused',
        'scheduler.drain': 'draining',
        'scheduler.outOfTime': outOfTime,
      },
    },
    paused: {
      description: 'Places nothing; what runs goes on',
      entry: { type: 'tellState', params: { state: 'paused' } },
      on: {
        'scheduler.pass': { guard: 'allEnded', actions: 'tellIdle' },
        'scheduler.continue': 'running',
        'scheduler.drain': 'draining',
        'scheduler.outOfTime': outOfTime,
      },
    },
    draining: {
      description: 'Places nothing any more; waits for what runs',
      entry: { type: 'tellState', params: { state: 'draining' } },
      always: { guard: 'nothingRuns', target: 'drained' },
      on: {
        'scheduler.start': 'running',
        'scheduler.outOfTime': { actions: ['hear', 'tellOutOfTime', 'endRunning'] },
      },
    },
    drained: {
      description: 'Nothing runs, nothing is placed',
      entry: 'tellIdle',
      on: { 'scheduler.start': 'running' },
    },
    closing: {
      description: 'Cancels all; waits until nothing of them runs',
      entry: { type: 'tellState', params: { state: 'closing' } },
      always: { guard: 'nothingRuns', target: 'closed' },
      on: { 'scheduler.close': {} },
    },
    closed: {
      description: 'Nothing runs, and nothing will',
      entry: [{ type: 'tellState', params: { state: 'ended' } }, 'tellIdle'],
    },
  },
})

function holdsAnything(ledger: LedgerRef): boolean {
  return ledger.getSnapshot().context.reservations.size > 0
}
