import type { LedgerEvent } from '../../../src/events.ts'
import type { LedgerState } from '../../../src/machines/ledger.ts'
import { type Grant, give, take } from '../../../src/machines/placement/free.ts'
import type { schedulerMachine } from '../../../src/machines/scheduler/machine.ts'
import { type Breakage, withBrokenGpuLedger, withBrokenLedger } from './broken.ts'

type Ledger = Breakage<LedgerState, LedgerEvent>

const released = (event: LedgerEvent, before: LedgerState) =>
  event.type === 'ledger.release' ? before.reservations.get(event.placementId) : undefined

const reserved = (event: LedgerEvent, before: LedgerState, after: LedgerState) =>
  event.type === 'ledger.reserve' && before.reservations !== after.reservations ? event.grant : undefined

const refused = (event: LedgerEvent, before: LedgerState, after: LedgerState) =>
  event.type === 'ledger.reserve' && before.reservations === after.reservations ? event.grant : undefined

/** What is free changed by a grant, GPUs left out. */
function changed(how: typeof take, own: LedgerState['own'], grant: Grant): LedgerState['own'] {
  const { gpus: _, ...rest } = how({ ...own, gpus: [] }, { ...grant, gpus: [] })
  return rest
}

const forgetsReleases = (every: number) => (): Ledger => {
  let count = 0
  return ({ event, before }) => (released(event, before) && ++count % every === 0 ? before : {})
}

/** Whoever gives something back twice is believed. */
const believesSecondReleases = (): Ledger => {
  const grants = new Map<string, Grant>()
  return ({ event, before, after }) => {
    if (event.type === 'ledger.reserve') grants.set(event.placementId, event.grant)
    if (event.type !== 'ledger.release' || released(event, before)) return {}
    const again = grants.get(event.placementId)
    return again ? { own: changed(give, after.own, again) } : {}
  }
}

/** Gives what it should refuse: what is not free, or what a placement has already. */
const refusesNothing =
  (only: (before: LedgerState, placementId: string) => boolean) =>
  (): Ledger =>
  ({ event, before, after }) => {
    const grant = refused(event, before, after)
    if (!grant || event.type !== 'ledger.reserve' || !only(before, event.placementId)) return {}
    return {
      own: changed(take, after.own, grant),
      reservations: before.reservations.with(event.placementId, grant),
    }
  }

/** After a release something of what came back is missing, or too much. */
const givesBack =
  (change: (own: LedgerState['own'], grant: Grant) => Partial<LedgerState['own']>) =>
  (): Ledger =>
  ({ event, before, after }) => {
    const grant = released(event, before)
    return grant ? { own: { ...after.own, ...change(after.own, grant) } } : {}
  }

/** After a reservation something of what was taken is free still. */
const takes =
  (
    change: (
      before: LedgerState['own'],
      after: LedgerState['own'],
      grant: Grant,
    ) => Partial<LedgerState['own']>,
  ) =>
  (): Ledger =>
  ({ event, before, after }) => {
    const grant = reserved(event, before, after)
    return grant ? { own: { ...after.own, ...change(before.own, after.own, grant) } } : {}
  }

/** Ledgers with one fault each. */
export const MUTANTS: Record<string, () => typeof schedulerMachine> = {
  'forgets every release': () => withBrokenLedger(forgetsReleases(1)),
  'forgets every third release': () => withBrokenLedger(forgetsReleases(3)),
  'believes a second release': () => withBrokenLedger(believesSecondReleases),
  'gives what is not free': () =>
    withBrokenLedger(refusesNothing((before, id) => !before.reservations.has(id))),
  'gives a placement the same twice': () =>
    withBrokenLedger(refusesNothing((before, id) => before.reservations.has(id))),
  'gives a thousandth of a thread too little back': () =>
    withBrokenLedger(givesBack(own => ({ threads: own.threads - 1 }))),
  'gives a thread too much back': () => withBrokenLedger(givesBack(own => ({ threads: own.threads + 1000 }))),
  'gives a byte too little back': () => withBrokenLedger(givesBack(own => ({ ram: own.ram - 1 }))),
  'gives cores back of which one is missing': () =>
    withBrokenLedger(
      givesBack((own, grant) => (grant.cores.length > 1 ? { cores: own.cores.slice(1) } : {})),
    ),
  'takes no cores': () => withBrokenLedger(takes(({ cores }) => ({ cores }))),
  'takes no own resources': () => withBrokenLedger(takes(({ resources }) => ({ resources }))),
  'takes no RAM': () => withBrokenLedger(takes(({ ram }) => ({ ram }))),
  'rounds threads down': () =>
    withBrokenLedger(takes((_, { threads }, grant) => ({ threads: threads + (grant.threads % 1000) }))),
  'takes a thread too many': () => withBrokenLedger(takes((_, { threads }) => ({ threads: threads - 1000 }))),
  'forgets every release of a GPU': () =>
    withBrokenGpuLedger(
      () =>
        ({ event, before }) =>
          event.type === 'gpu.release' ? before : {},
    ),
  'takes a thousandth of a GPU too little': () =>
    withBrokenGpuLedger(
      () =>
        ({ event, before, after }) =>
          event.type === 'gpu.reserve' && before !== after
            ? { free: { ...after.free, share: after.free.share + 1 } }
            : {},
    ),
  'takes no RAM of a GPU': () =>
    withBrokenGpuLedger(
      () =>
        ({ event, before, after }) =>
          event.type === 'gpu.reserve' ? { free: { ...after.free, ram: before.free.ram } } : {},
    ),
  'remembers no reservation of a GPU': () =>
    withBrokenGpuLedger(() => ({ before }) => ({ reservations: before.reservations })),
}
