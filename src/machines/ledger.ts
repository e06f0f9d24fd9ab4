import { type ActorRefFrom, assign, emit, type SnapshotFrom, setup } from 'xstate'
import type { LedgerEvent, LedgerRefusal } from '../events.ts'
import type { NodeCapacity } from '../node.ts'
import { gpuLedgerMachine } from './gpuLedger.ts'
import { PersistentMap } from './persistentMap.ts'
import { allFree, covers, type Free, type GpuFree, type Grant, give, take } from './placement/free.ts'

export type GpuLedgerRef = ActorRefFrom<typeof gpuLedgerMachine>

/** What a node's ledger remembers. What is free on a GPU stands with the GPU's ledger alone. */
export interface LedgerState {
  readonly node: NodeCapacity
  /** What is free but for the GPUs. */
  readonly own: Omit<Free, 'gpus'>
  readonly gpus: readonly GpuLedgerRef[]
  /** By id of placement. */
  readonly reservations: PersistentMap<Grant>
}

/**
 * The only owner of what is free on a node, with a ledger below it for each GPU. It gives nothing that is not free, to
 * each placement once, and takes it back once: what breaks that is refused with a `ledger.refused` event and changes
 * nothing, whoever asks.
 */
export const ledgerMachine = setup({
  types: {
    input: {} as NodeCapacity,
    context: {} as LedgerState,
    events: {} as LedgerEvent,
    emitted: {} as LedgerRefusal,
    children: {} as Record<string, 'gpuLedger'>,
  },
  actors: { gpuLedger: gpuLedgerMachine },
  guards: {
    known: ({ context, event }) => 'placementId' in event && context.reservations.has(event.placementId),
    grantable: ({ context, event }) =>
      event.type === 'ledger.reserve' &&
      !context.reservations.has(event.placementId) &&
      covers(freeIn(context), event.grant),
  },
  actions: {
    reserve: assign(({ context }, { placementId, grant }: { placementId: string; grant: Grant }) => ({
      own: take({ ...context.own, gpus: [] }, withoutGpus(grant)),
      reservations: context.reservations.with(placementId, grant),
    })),
    reserveGpus: ({ context }, { placementId, grant }: { placementId: string; grant: Grant }) => {
      const { gpuShare, gpuRam } = grant
      for (const gpu of gpusOf(context, grant))
        gpu.send({ type: 'gpu.reserve', placementId, gpuShare, gpuRam })
    },
    /** Before `release`, which forgets which GPUs they were. */
    releaseGpus: ({ context }, { placementId }: { placementId: string }) => {
      const grant = context.reservations.get(placementId)
      for (const gpu of grant ? gpusOf(context, grant) : []) gpu.send({ type: 'gpu.release', placementId })
    },
    release: assign(({ context }, { placementId }: { placementId: string }) =>
      released(context, placementId),
    ),
    refuse: emit(({ event }, params: { reason: LedgerRefusal['reason'] }) => ({
      type: 'ledger.refused' as const,
      placementId: 'placementId' in event ? event.placementId : '',
      reason: params.reason,
    })),
  },
}).createMachine({
  id: 'ledger',
  context: ({ input, spawn }) => ({
    node: input,
    own: ownFree(input),
    gpus: input.gpus.map((gpu, i) => spawn('gpuLedger', { id: `gpu${i}`, input: gpu })),
    reservations: new PersistentMap(),
  }),
  initial: 'open',
  on: {
    'ledger.release': [
      {
        guard: 'known',
        actions: [
          { type: 'releaseGpus', params: ({ event }) => event },
          { type: 'release', params: ({ event }) => event },
        ],
      },
      { actions: { type: 'refuse', params: { reason: 'unknown' } } },
    ],
  },
  states: {
    open: {
      description: 'Gives what is free',
      on: {
        'ledger.reserve': [
          {
            guard: 'grantable',
            actions: [
              { type: 'reserve', params: ({ event }) => event },
              { type: 'reserveGpus', params: ({ event }) => event },
            ],
          },
          { guard: 'known', actions: { type: 'refuse', params: { reason: 'duplicate' } } },
          { actions: { type: 'refuse', params: { reason: 'overcommit' } } },
        ],
        'ledger.drain': 'draining',
      },
    },
    draining: {
      description: 'Gives nothing new; what is taken may come back',
      on: {
        'ledger.reserve': { actions: { type: 'refuse', params: { reason: 'closed' } } },
        'ledger.open': 'open',
      },
    },
  },
})

export type LedgerRef = ActorRefFrom<typeof ledgerMachine>
export type LedgerSnapshot = SnapshotFrom<typeof ledgerMachine>

/**
 * What is free on a node now, its GPUs included, as its ledgers tell: the same value as before where nothing has
 * changed, so that whoever looks at many nodes sees which ones to look at again.
 */
export function freeIn({ own, gpus }: LedgerState): Free {
  const last = lastSeen.get(gpus)
  if (last && last.own === own && gpus.every((gpu, i) => freeOf(gpu) === last.free.gpus[i])) return last.free
  const free = { ...own, gpus: gpus.map(freeOf) }
  lastSeen.set(gpus, { own, free })
  return free
}

/** By the list of a ledger's GPUs, which it keeps for life. */
const lastSeen = new WeakMap<readonly GpuLedgerRef[], { own: LedgerState['own']; free: Free }>()

function freeOf(gpu: GpuLedgerRef): GpuFree {
  return gpu.getSnapshot().context.free
}

function ownFree(node: NodeCapacity): Omit<Free, 'gpus'> {
  const { gpus: _, ...own } = allFree(node)
  return own
}

function gpusOf(state: LedgerState, grant: Grant): GpuLedgerRef[] {
  return grant.gpus.flatMap(position => state.gpus[position] ?? [])
}

function withoutGpus(grant: Grant): Grant {
  return { ...grant, gpus: [] }
}

function released(state: LedgerState, placementId: string): Partial<LedgerState> {
  const grant = state.reservations.get(placementId)
  if (!grant) return {}
  const own = give({ ...state.own, gpus: [] }, withoutGpus(grant))
  return { own, reservations: state.reservations.without(placementId) }
}
