import { describe, expect, it } from 'vitest'
import { createActor, type SnapshotFrom } from 'xstate'
import type { GpuLedgerEvent, LedgerRefusal } from '../../src/events.ts'
import { gpuLedgerMachine } from '../../src/machines/gpuLedger.ts'
import { toBytes } from '../../src/units.ts'
import { Coverage } from './support/coverage.ts'
import { routesOf, titleOf } from './support/edges.ts'

const GPU = { id: '0', name: 'GPU', ramGb: 8 }
const coverage = new Coverage(gpuLedgerMachine)

const reserve = (placementId: string, share: number, ramGb: number): GpuLedgerEvent => ({
  type: 'gpu.reserve',
  placementId,
  gpuShare: share,
  gpuRam: toBytes(ramGb),
})
const release = (placementId: string): GpuLedgerEvent => ({ type: 'gpu.release', placementId })

/** A half, a third, the whole, too much of each, and what is not an amount. */
const EVENTS = [
  reserve('half', 500, 2),
  reserve('third', 333, 3),
  reserve('whole', 1000, 8),
  reserve('too much share', 1001, 0),
  reserve('too much RAM', 1, 8.1),
  reserve('negative', -1, 0),
  reserve('no number', Number.NaN, 0),
  ...['half', 'third', 'whole', 'never'].map(release),
]

/** What the ledger should say, counted on the side. */
function expected(held: Map<string, GpuLedgerEvent>, event: GpuLedgerEvent): LedgerRefusal['reason'] | null {
  const { placementId } = event
  if (event.type === 'gpu.release') return held.delete(placementId) ? null : 'unknown'
  if (held.has(placementId)) return 'duplicate'
  const { share, ram } = sum(held)
  const fits = event.gpuShare >= 0 && share + event.gpuShare <= 1000 && ram + event.gpuRam <= toBytes(8)
  if (!fits) return 'overcommit'
  held.set(placementId, event)
  return null
}

function sum(held: Map<string, GpuLedgerEvent>): { share: number; ram: number } {
  const all = [...held.values()].flatMap(event => (event.type === 'gpu.reserve' ? [event] : []))
  return {
    share: all.reduce((share, event) => share + event.gpuShare, 0),
    ram: all.reduce((ram, event) => ram + event.gpuRam, 0),
  }
}

const serializeState = ({ value, context }: SnapshotFrom<typeof gpuLedgerMachine>) =>
  JSON.stringify([value, [...context.reservations.keys()].sort()])

describe('the ledger of a GPU, along every edge of its graph', () => {
  const routes = routesOf(gpuLedgerMachine, { events: EVENTS, input: GPU, serializeState })

  it('gives what is free, refuses the rest with the reason, and a refusal changes nothing', () => {
    for (const route of routes) {
      const ledger = createActor(gpuLedgerMachine, { input: GPU, inspect: coverage.inspect })
      const refusals: LedgerRefusal[] = []
      ledger.on('ledger.refused', refusal => refusals.push(refusal))
      ledger.start()
      const held = new Map<string, GpuLedgerEvent>()
      for (const { event, state } of route) {
        const before = ledger.getSnapshot()
        refusals.length = 0
        ledger.send(event)
        const reason = expected(held, event)
        const told = reason ? [{ type: 'ledger.refused', placementId: event.placementId, reason }] : []
        expect(refusals, titleOf(route)).toEqual(told)
        const after = ledger.getSnapshot()
        if (reason) expect(after.context, titleOf(route)).toBe(before.context)
        const { share, ram } = sum(held)
        expect(after.context.free).toEqual({ share: 1000 - share, ram: toBytes(8) - ram })
        expect(after.value).toBe(held.size > 0 ? 'shared' : 'idle')
        expect(after.value).toBe(state.value)
      }
    }
  })

  it('lets three jobs with a third of it each share it, and no fourth', () => {
    const ledger = createActor(gpuLedgerMachine, { input: GPU }).start()
    for (const id of ['a', 'b', 'c', 'd']) ledger.send(reserve(id, 333, 0))
    expect([...ledger.getSnapshot().context.reservations.keys()]).toEqual(['a', 'b', 'c'])
    expect(ledger.getSnapshot().context.free.share).toBe(1)
  })

  it('covers every state and every transition of the definition', () => {
    console.log(coverage.report())
    console.log(`gpuLedger: ${routes.length} routes`)
    expect(coverage.missing()).toEqual([])
  })
})
