import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createActor, type SnapshotFrom } from 'xstate'
import type { LedgerEvent, LedgerRefusal } from '../../src/events.ts'
import { freeIn, ledgerMachine } from '../../src/machines/ledger.ts'
import { allFree, covers, type Free, type Grant, give, take } from '../../src/machines/placement/free.ts'
import { buildNode } from '../../src/testing/builders.ts'
import { toBytes } from '../../src/units.ts'
import { runsOr, seed } from '../support/runs.ts'
import { Coverage } from './support/coverage.ts'
import { routesOf, titleOf } from './support/edges.ts'

const NODE = buildNode({ threads: 4, ramGb: 8, gpus: 2, gpuRamGb: 8, resources: { licence: 1 } })
const coverage = new Coverage(ledgerMachine)

const NOTHING: Grant = {
  threads: 0,
  ram: 0,
  cores: [],
  gpus: [],
  gpuShare: 0,
  gpuRam: 0,
  resources: [],
}
const reserve = (placementId: string, grant: Partial<Grant>): LedgerEvent => ({
  type: 'ledger.reserve',
  placementId,
  grant: { ...NOTHING, ...grant },
})
const release = (placementId: string): LedgerEvent => ({ type: 'ledger.release', placementId })

/** Reservations that fit, alone and some together, and those that never do. */
const EVENTS: LedgerEvent[] = [
  reserve('cores', { threads: 2000, ram: toBytes(4), cores: [1, 2] }),
  reserve('gpu', { threads: 1500, gpus: [0], gpuShare: 500, gpuRam: toBytes(4) }),
  reserve('gpus', { threads: 250, gpus: [0, 1], gpuShare: 600, gpuRam: toBytes(2) }),
  reserve('licence', { threads: 1, resources: [['licence', 1000]] }),
  reserve('too many threads', { threads: 4001 }),
  reserve('too much RAM', { ram: toBytes(8) + 1 }),
  reserve('cores apart', { cores: [0, 2] }),
  reserve('no such core', { cores: [4] }),
  reserve('no such GPU', { gpus: [2], gpuShare: 1 }),
  reserve('one GPU twice', { gpus: [1, 1], gpuShare: 1 }),
  reserve('too much of a GPU', { gpus: [1], gpuShare: 1001 }),
  reserve('no such resource', { resources: [['disk', 1]] }),
  reserve('a resource twice', {
    resources: [
      ['licence', 600],
      ['licence', 600],
    ],
  }),
  reserve('negative', { threads: -1 }),
  ...['cores', 'gpu', 'gpus', 'licence', 'never'].map(release),
  { type: 'ledger.drain' },
  { type: 'ledger.open' },
]

const whole = allFree(NODE)

/** The ledger as a few lines that are easy to check: what it should refuse, and what is then free. */
class Bookkeeper {
  readonly held = new Map<string, Grant>()
  open = true

  free(): Free {
    return [...this.held.values()].reduce(take, whole)
  }

  expects(event: LedgerEvent): LedgerRefusal['reason'] | null {
    if (event.type === 'ledger.drain' || event.type === 'ledger.open') {
      this.open = event.type === 'ledger.open'
      return null
    }
    if (event.type === 'ledger.release') return this.held.delete(event.placementId) ? null : 'unknown'
    if (!this.open) return 'closed'
    if (this.held.has(event.placementId)) return 'duplicate'
    if (!fits(this.held, event.grant)) return 'overcommit'
    this.held.set(event.placementId, event.grant)
    return null
  }
}

/** Counted from the whole node, resource by resource, not as the ledger counts. */
function fits(held: ReadonlyMap<string, Grant>, grant: Grant): boolean {
  const all = [...held.values(), grant]
  const total = (of: (grant: Grant) => number) => all.reduce((sum, one) => sum + of(one), 0)
  const cores = all.flatMap(one => one.cores)
  const licences = total(one => one.resources.reduce((sum, [, n]) => sum + n, 0))
  return (
    grant.threads >= 0 &&
    total(one => one.threads) <= 4000 &&
    total(one => one.ram) <= toBytes(8) &&
    new Set(cores).size === cores.length &&
    grant.cores.every((core, i) => core < 4 && core === (grant.cores[0] ?? 0) + i) &&
    grant.gpus.every((gpu, i) => gpu < 2 && grant.gpus.indexOf(gpu) === i) &&
    [0, 1].every(gpu => total(one => (one.gpus.includes(gpu) ? one.gpuShare : 0)) <= 1000) &&
    [0, 1].every(gpu => total(one => (one.gpus.includes(gpu) ? one.gpuRam : 0)) <= toBytes(8)) &&
    grant.resources.every(([name]) => name === 'licence') &&
    licences <= 1000
  )
}

function startLedger(watched = false) {
  const ledger = createActor(ledgerMachine, { input: NODE, ...(watched && { inspect: coverage.inspect }) })
  const refusals: LedgerRefusal[] = []
  ledger.on('ledger.refused', refusal => refusals.push(refusal))
  ledger.start()
  return { ledger, refusals }
}

/** Sends an event and holds the ledger against the bookkeeper. */
function check(
  { ledger, refusals }: ReturnType<typeof startLedger>,
  books: Bookkeeper,
  event: LedgerEvent,
): void {
  const before = ledger.getSnapshot()
  refusals.length = 0
  ledger.send(event)
  const reason = books.expects(event)
  expect(refusals.map(refusal => refusal.reason)).toEqual(reason ? [reason] : [])
  const { context, value } = ledger.getSnapshot()
  if (reason) expect(context).toBe(before.context)
  expect(freeIn(context)).toEqual(books.free())
  expect(new Map(context.reservations)).toEqual(books.held)
  expect(value).toBe(books.open ? 'open' : 'draining')
  context.gpus.forEach((gpu, i) => {
    const holders = [...books.held].filter(([, grant]) => grant.gpus.includes(i)).map(([id]) => id)
    expect(new Set(gpu.getSnapshot().context.reservations.keys())).toEqual(new Set(holders))
  })
}

const serializeState = ({ value, context }: SnapshotFrom<typeof ledgerMachine>) =>
  JSON.stringify([value, [...context.reservations.keys()].sort()])

describe('the ledger of a node, along every edge of its graph', () => {
  const routes = routesOf(ledgerMachine, { events: EVENTS, input: NODE, serializeState })

  it('gives what is free, refuses the rest with the reason, and a refusal changes nothing', () => {
    for (const route of routes) {
      const started = startLedger(true)
      const books = new Bookkeeper()
      for (const { event } of route) check(started, books, event)
      expect(books.held.size, titleOf(route)).toBeLessThanOrEqual(4)
    }
  })

  it('covers every state and every transition of the definition', () => {
    console.log(coverage.report())
    console.log(`ledger: ${routes.length} routes`)
    expect(coverage.missing()).toEqual([])
  })
})

describe('the ledger of a node, whoever asks', () => {
  const amount = fc.oneof(fc.integer({ min: -1, max: 5000 }), fc.constant(Number.NaN))
  const grant = fc.record({
    threads: amount,
    ram: fc.constantFrom(0, toBytes(3), toBytes(8), toBytes(9)),
    cores: fc.constantFrom([], [0], [1, 2], [3, 4], [2, 1], [1, 1]),
    gpus: fc.constantFrom([], [0], [1], [0, 1], [0, 0], [-1], [5]),
    gpuShare: fc.integer({ min: 0, max: 1100 }),
    gpuRam: fc.constantFrom(0, toBytes(5), toBytes(9)),
    resources: fc.constantFrom<Grant['resources'][]>(
      [],
      [['licence', 500]],
      [['disk', 1]],
      [
        ['licence', 700],
        ['licence', 700],
      ],
    ),
  })
  const id = fc.constantFrom('a#1', 'b#1', 'c#1', 'd#1')
  const event: fc.Arbitrary<LedgerEvent> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ type: fc.constant('ledger.reserve' as const), placementId: id, grant }),
    },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('ledger.release' as const), placementId: id }) },
    fc.constant<LedgerEvent>({ type: 'ledger.drain' }),
    fc.constant<LedgerEvent>({ type: 'ledger.open' }),
  )

  it('never gives more than there is, nor takes anything back twice', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), events => {
        const { ledger } = startLedger()
        for (const each of events) {
          ledger.send(each)
          const { reservations } = ledger.getSnapshot().context
          const free = freeIn(ledger.getSnapshot().context)
          const back = [...reservations.values()].reduce(give, free)
          expect(back).toEqual(whole)
          expect(covers(whole, { ...NOTHING, threads: free.threads, ram: free.ram, cores: [] })).toBe(true)
          expect(Math.min(...free.gpus.map(gpu => Math.min(gpu.share, gpu.ram)))).toBeGreaterThanOrEqual(0)
          expect(free.resources['licence']).toBeGreaterThanOrEqual(0)
        }
      }),
      { seed, numRuns: runsOr(200) },
    )
  })
})
