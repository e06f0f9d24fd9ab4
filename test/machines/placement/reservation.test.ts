import { describe, expect, it } from 'vitest'
import { fit } from '../../../src/machines/placement/free.ts'
import { beside, reserve } from '../../../src/machines/placement/reservation.ts'
import { buildNode, type JobDraft } from '../../../src/testing/builders.ts'
import { openNode, pendingOf, type RunningDraft } from './support/situation.ts'

const demand = (draft: Omit<JobDraft, 'id'>) => pendingOf({ id: 'x', ...draft }, 0).demand
const running = (id: string, endsInS: number, draft: Omit<JobDraft, 'id'>): RunningDraft => ({
  id,
  endsInS,
  ...draft,
})
const node = openNode(buildNode({ threads: 4 }), [
  running('early', 10, { threads: 1 }),
  running('late', 30, { threads: 2 }),
])
const whole = demand({ threads: 4 })
const none = new Map()

function grantOf(draft: Omit<JobDraft, 'id'>) {
  const grant = fit(node.free, demand(draft))
  if (!grant) throw new Error('does not fit: the scene is wrong')
  return grant
}

function reserved(threads: number) {
  const reservation = reserve(demand({ threads }), [node], none)
  if (!reservation) throw new Error('there is no reservation')
  return reservation
}

describe('a reservation', () => {
  it.each([
    { threads: 2, at: 10_000 },
    { threads: 3, at: 30_000 },
    { threads: 4, at: 30_000 },
  ])('for $threads threads is at the first end after which they are free', ({ threads, at }) => {
    expect(reserve(demand({ threads }), [node], none)).toMatchObject({ node: 'node', at })
  })

  it('is not to be had where no open node can ever hold the job', () => {
    expect(reserve(demand({ threads: 5 }), [node], none)).toBeNull()
    expect(reserve(whole, [], none)).toBeNull()
  })

  it('is on the node where the job fits first', () => {
    const sooner = openNode(buildNode({ name: 'sooner', threads: 4 }), [
      running('a', 20, { threads: 4, on: 'sooner' } as Omit<RunningDraft, 'id' | 'endsInS'>),
    ])
    expect(reserve(whole, [node, sooner], none)).toMatchObject({ node: 'sooner', at: 20_000 })
  })

  it('is left as it is by what ends in time, and by what runs elsewhere', () => {
    const reservation = reserved(4)
    expect(beside(reservation, 'node', grantOf({ threads: 1 }), 30_000)).toBe(reservation)
    expect(beside(reservation, 'other', grantOf({ threads: 1 }), 90_000)).toBe(reservation)
  })

  it('is in the way of what lasts longer and takes what the job needs', () => {
    expect(beside(reserved(4), 'node', grantOf({ threads: 1 }), 30_001)).toBeNull()
  })

  it('lets longer ones in beside it as long as all of them leave room', () => {
    const half = grantOf({ threads: 0.5 })
    const first = beside(reserved(3), 'node', half, 90_000)
    const second = first && beside(first, 'node', half, 90_000)
    expect(second?.freeThen.threads).toBe(3000)
    expect(second && beside(second, 'node', half, 90_000)).toBeNull()
  })
})
