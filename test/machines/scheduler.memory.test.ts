import { expect, it } from 'vitest'
import { buildJob, buildNode, checkInvariants, simulateSystem } from '../../src/testing/index.ts'
import { hushXState } from '../support/hushXState.ts'

hushXState()

function system(ramGb = 2) {
  const made = simulateSystem({
    nodes: [buildNode({ ramGb: 8, threads: 1 })],
    play: () => ({ durationS: 10 }),
  })
  made.add(buildJob({ id: 'a', ramGb }), buildJob({ id: 'b', ramGb: 1 }))
  made.start()
  made.clock.advance(5000)
  return made
}

const kinds = ({ events }: ReturnType<typeof system>, id: string) =>
  events.flatMap(event => ('id' in event && event.id === id ? [event.type] : []))

it('places nothing on a node that is short of RAM, and goes on when it is so no longer', () => {
  const made = system()
  made.actor.send({ type: 'node.short', node: 'node', availableGb: 0.5 })
  made.clock.advance(100_000)
  expect(kinds(made, 'b')).toEqual([])
  expect(made.outcomes).toHaveLength(1)
  made.actor.send({ type: 'node.eased', node: 'node', availableGb: 5 })
  made.runAll(checkInvariants)
  expect(made.outcomes).toHaveLength(2)
  expect(made.events.filter(({ type }) => type === 'warning')).toMatchObject([
    { message: 'node is short of RAM (0.5 GiB left): nothing more is placed there for now' },
    { message: 'node has 5 GiB of RAM again: placing goes on' },
  ])
})

it('puts a job that makes room back into the queue, and counts no attempt', () => {
  const made = system()
  made.actor.send({ type: 'job.evict', jobId: 'a' })
  made.runAll(checkInvariants)
  expect(kinds(made, 'a')).toEqual([
    'job.placed',
    'job.started',
    'job.evicting',
    'job.requeued',
    'job.placed',
    'job.started',
  ])
  expect(made.outcomes.find(({ id }) => id === 'a')).toMatchObject({ status: 'succeeded', attempts: 1 })
})

it('ends a job that holds far too much, and tries it again with more', () => {
  const made = system()
  made.actor.send({ type: 'job.overRam', jobId: 'a', ramGb: 6 })
  made.runAll(checkInvariants)
  expect(made.events).toContainEqual(
    expect.objectContaining({
      type: 'job.retrying',
      id: 'a',
      failure: {
        reason: 'signal',
        ranOut: 'ram',
        message: 'ended: it held 6 GiB of RAM, 2 GiB were reserved',
      },
      more: { of: 'ram', gib: 3, others: 0 },
    }),
  )
  expect(made.outcomes.find(({ id }) => id === 'a')).toMatchObject({ status: 'succeeded', attempts: 2 })
})

it('leaves a job alone that has ended meanwhile', () => {
  const made = system()
  made.runAll()
  const before = made.events.length
  for (const type of ['job.evict', 'job.overRam'] as const) made.actor.send({ type, jobId: 'a', ramGb: 9 })
  expect(made.events).toHaveLength(before)
})
