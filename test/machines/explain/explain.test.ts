import { describe, expect, it } from 'vitest'
import type { Explanation, PlacedExplanation, WaitingExplanation } from '../../../src/explanation.ts'
import { createTrustingEstimator } from '../../../src/machines/estimate/trusting.ts'
import { explain, type Question } from '../../../src/machines/explain/explain.ts'
import { RunNotes } from '../../../src/machines/explain/notes.ts'
import { retryDelay } from '../../../src/machines/retryDelay.ts'
import { buildJob, buildNode, type SimulatedSystem, simulateSystem } from '../../../src/testing/index.ts'
import { hushXState } from '../../support/hushXState.ts'

hushXState()

/** A system that takes the notes that explaining needs. */
function noted(options: Parameters<typeof simulateSystem>[0]) {
  const system = simulateSystem({ estimator: createTrustingEstimator(), ...options })
  const notes = new RunNotes()
  system.events$.subscribe(event => notes.hear(event, system.state()))
  return { system, ask: (id: string) => ask(system, notes, id) }
}

function ask(system: SimulatedSystem, notes: RunNotes, id: string): Explanation {
  const record = system.state().jobs.get(id)
  if (!record) throw new Error(`there is no ${id}`)
  const pending = record.at === 'place' ? record.live.pending : record.pending
  return explain(system.state(), {
    record,
    phase: system.actor.getSnapshot().value as Question['phase'],
    since: notes.sinceOf(pending, system.clock.now()),
    moment: record.at === 'place' ? notes.momentOf(record.live) : null,
  })
}

describe('the explanation of a job', () => {
  it('that waits says since when, what is missing on each node, and when it is expected to start', () => {
    const nodes = [buildNode({ name: 'a', threads: 4 }), buildNode({ name: 'b', threads: 2 })]
    const { system, ask } = noted({ nodes })
    system.clock.advance(5000)
    system.add([
      buildJob({ id: 'wide', threads: 3, timeS: 40 }),
      buildJob({ id: 'next', threads: 3, timeS: 30 }),
      buildJob({ id: 'last', threads: 3, timeS: 20 }),
    ])
    expect(ask('wide')).toMatchObject({ reason: { kind: 'notStarted' }, kept: null, starts: null })
    system.start()
    system.clock.advance(10_000)
    expect(ask('next')).toMatchObject({
      state: 'waiting',
      at: 15_000,
      since: 5000,
      waiting: 2,
      asks: { threads: 3, ramGb: 0, gpus: 0 },
      reason: { kind: 'full' },
      kept: { for: { id: 'next' }, node: 'a', at: 45_000 },
      starts: { at: 45_000, after: 0 },
      nodes: [
        {
          node: 'a',
          fits: false,
          fitsEmpty: true,
          missing: [{ resource: 'threads', asked: 3, free: 1, missing: 2 }],
        },
        {
          node: 'b',
          fits: false,
          fitsEmpty: false,
          missing: [{ resource: 'threads', asked: 3, free: 2, missing: 1 }],
        },
      ],
    })
    expect(ask('last')).toMatchObject({ kept: null, starts: { at: 75_000, after: 1 } })
  })

  it('that waits was right about the start, where the estimates are', () => {
    const { system, ask } = noted({ nodes: [buildNode({ threads: 4, ramGb: 16 })] })
    const jobs = Array.from({ length: 30 }, (_, i) =>
      buildJob({ id: `j${i}`, threads: 1 + (i % 3), ramGb: (i * 7) % 5, timeS: 10 + ((i * 37) % 50) }),
    )
    system.add(jobs)
    system.start()
    system.clock.advance(1000)
    const expected = new Map<string, number>()
    for (const { id } of jobs) {
      const { state, starts } = ask(id) as WaitingExplanation
      if (state === 'waiting' && starts) expected.set(id, starts.at)
    }
    system.runAll()
    const started = system.events.flatMap(event => (event.type === 'job.placed' ? [event] : []))
    expect(expected.size).toBeGreaterThan(20)
    const off = started.filter(({ id, at }) => expected.has(id) && Math.abs(at - (expected.get(id) ?? 0)) > 1)
    expect(off.map(({ id }) => id)).toEqual([])
  })

  it('is simulated as far as to its own start only, and not at all behind thousands of others', () => {
    const { system, ask } = noted({ nodes: [buildNode({ threads: 1 })] })
    system.add(Array.from({ length: 1_100 }, (_, i) => buildJob({ id: `j${i}`, timeS: 3_000 - i })))
    system.start()
    system.clock.advance(1)
    expect(ask('j1')).toMatchObject({ starts: { after: 0 } })
    expect(ask('j999')).toMatchObject({ starts: { after: 998 } })
    expect(ask('j1099')).toMatchObject({ starts: null })
  })

  it('says so while placing stands still, and has no start to expect', () => {
    const { system, ask } = noted({ nodes: [buildNode({ threads: 1 })] })
    system.add([buildJob({ id: 'a' }), buildJob({ id: 'b' })])
    system.start()
    system.clock.advance(1)
    system.pause()
    expect(ask('b')).toMatchObject({ reason: { kind: 'paused' }, starts: null })
    system.drain()
    expect(ask('b')).toMatchObject({ reason: { kind: 'stopped' }, starts: null })
  })

  it('expects no start where all that is known of durations is a guess', () => {
    const { system, ask } = noted({ nodes: [buildNode({ threads: 1 })] })
    system.add([buildJob({ id: 'a', timeS: null }), buildJob({ id: 'b', timeS: null })])
    system.start()
    system.clock.advance(1)
    expect(ask('b')).toMatchObject({ reason: { kind: 'full' }, starts: null })
  })

  it('that was placed says what was free there, what the others lacked, and in which turn', () => {
    const nodes = [buildNode({ name: 'a', threads: 4, gpus: 1 }), buildNode({ name: 'b', threads: 2 })]
    const { system, ask } = noted({ nodes })
    system.add([
      buildJob({ id: 'gpu', threads: 1, gpus: 1, timeS: 50 }),
      buildJob({ id: 'wide', threads: 3, timeS: 40 }),
      buildJob({ id: 'small', threads: 1, timeS: 30 }),
      buildJob({ id: 'rest', threads: 2, timeS: 20 }),
    ])
    system.start()
    system.clock.advance(1000)
    const wide = ask('wide') as PlacedExplanation
    expect(wide).toMatchObject({ state: 'running', node: 'a', placedAt: 0, attempt: 1, endsAt: 40_000 })
    expect(wide.moment).toMatchObject({
      rank: 2,
      free: { threads: 3 },
      nodes: [
        { node: 'a', fits: true },
        { node: 'b', fits: false, missing: [{ resource: 'threads', asked: 3, free: 2, missing: 1 }] },
      ],
    })
    expect(ask('gpu')).toMatchObject({
      gpus: [{ index: 0 }],
      moment: { rank: 1, nodes: [{}, { node: 'b', missing: [{ resource: 'gpus', asked: 1, free: 0 }] }] },
    })
    const small = ask('small') as PlacedExplanation
    expect(small).toMatchObject({ node: 'b', moment: { rank: 3, waiting: 1, free: { threads: 2 } } })
  })

  it('that failed and is tried again says when; one that has ended, how', () => {
    const play = () => ({ durationS: 1, ending: { ok: false, exitCode: 1 } })
    const { system, ask } = noted({ nodes: [buildNode()], play })
    system.add([buildJob({ id: 'a', retries: 1 })])
    system.start()
    system.clock.advance(1500)
    expect(ask('a')).toMatchObject({
      state: 'retrying',
      attempts: 1,
      retryAt: 1000 + 1000 * retryDelay('a', 1, 1),
    })
    system.runAll()
    expect(ask('a')).toMatchObject({ state: 'ended', outcome: { status: 'failed', attempts: 2 } })
  })

  it('counts the wait of a retry from when it was due', () => {
    const play = ({ job }: { job: { id: string } }) =>
      job.id === 'a' ? { durationS: 1, ending: { ok: false, exitCode: 1 } } : { durationS: 60 }
    const { system, ask } = noted({ nodes: [buildNode({ threads: 1 })], play })
    system.add([buildJob({ id: 'a', retries: 1, timeS: 90 }), buildJob({ id: 'b', timeS: 60 })])
    system.start()
    system.clock.advance(5000)
    expect(ask('a')).toMatchObject({ state: 'waiting', since: 1000 + 1000 * retryDelay('a', 1, 1) })
  })
})
