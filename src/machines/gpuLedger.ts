import { and, assign, emit, not, setup } from 'xstate'
import type { GpuLedgerEvent, LedgerRefusal } from '../events.ts'
import type { GpuCapacity } from '../node.ts'
import { toBytes } from '../units.ts'
import { PersistentMap } from './persistentMap.ts'
import { changeGpu, coversGpu, type GpuFree, type Grant } from './placement/free.ts'

/** What a placement holds of a GPU: thousandths of it, and bytes of its RAM. */
export type GpuReservation = Pick<Grant, 'gpuShare' | 'gpuRam'>

/** What a GPU's ledger remembers. */
export interface GpuLedgerState {
  readonly gpu: GpuCapacity
  readonly free: GpuFree
  readonly reservations: PersistentMap<GpuReservation>
}

/** The only owner of what is free on a GPU: its shares and its RAM. Its node's ledger alone speaks to it. */
export const gpuLedgerMachine = setup({
  types: {
    input: {} as GpuCapacity,
    context: {} as GpuLedgerState,
    events: {} as GpuLedgerEvent,
    emitted: {} as LedgerRefusal,
  },
  guards: {
    known: ({ context, event }) => context.reservations.has(event.placementId),
    covered: ({ context, event }) => event.type === 'gpu.reserve' && coversGpu(context.free, event),
    last: ({ context }) => context.reservations.size === 1,
  },
  actions: {
    reserve: assign(({ context }, params: GpuReservation & { placementId: string }) => ({
      free: changeGpu(context.free, params, -1),
      reservations: context.reservations.with(params.placementId, {
        gpuShare: params.gpuShare,
        gpuRam: params.gpuRam,
      }),
    })),
    release: assign(({ context }, params: { placementId: string }) => released(context, params.placementId)),
    refuse: emit(({ event }, params: { reason: LedgerRefusal['reason'] }) => ({
      type: 'ledger.refused' as const,
      placementId: event.placementId,
      reason: params.reason,
    })),
  },
}).createMachine({
  id: 'gpuLedger',
  context: ({ input }) => ({
    gpu: input,
    free: { share: 1000, ram: toBytes(input.ramGb) },
    reservations: new PersistentMap(),
  }),
  initial: 'idle',
  on: {
    'gpu.reserve': [
      { guard: 'known', actions: { type: 'refuse', params: { reason: 'duplicate' } } },
      { guard: 'covered', target: '.shared', actions: { type: 'reserve', params: ({ event }) => event } },
      { actions: { type: 'refuse', params: { reason: 'overcommit' } } },
    ],
    'gpu.release': [
      { guard: not('known'), actions: { type: 'refuse', params: { reason: 'unknown' } } },
      {
        guard: and(['known', 'last']),
        target: '.idle',
        actions: { type: 'release', params: ({ event }) => event },
      },
      { actions: { type: 'release', params: ({ event }) => event } },
    ],
  },
  states: {
    idle: { description: 'No job uses it' },
    shared: { description: 'One job or several hold shares of it' },
  },
})

function released(state: GpuLedgerState, placementId: string): Partial<GpuLedgerState> {
  const held = state.reservations.get(placementId)
  if (!held) return {}
  return { free: changeGpu(state.free, held, 1), reservations: state.reservations.without(placementId) }
}
