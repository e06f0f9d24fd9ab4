import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allFree, covers, take } from '../../../src/machines/placement/free.ts'
import { longestFirst } from '../../../src/machines/placement/longestFirst.ts'
import type { Trace } from '../../../src/machines/placement/policy.ts'
import { buildNode, type JobDraft } from '../../../src/testing/builders.ts'
import { runsOr, seed } from '../../support/runs.ts'
import { type Scene, situationOf } from './support/situation.ts'

const four = buildNode({ threads: 4 })

/** What is placed now, in order: `id` on the only node, else `id@node`. */
function placed(scene: Scene, options = {}): string[] {
  const decisions = longestFirst(options).decide(situationOf(scene))
  const one = scene.nodes.length === 1
  return decisions.map(({ pending, node }) => (one ? pending.job.id : `${pending.job.id}@${node}`))
}

describe('longest first', () => {
  it('places the longest first, and as many as fit', () => {
    const waiting = [1, 2, 3, 4, 5, 6].map(timeS => ({ id: `${timeS} s`, timeS }))
    expect(placed({ nodes: [four], waiting })).toEqual(['6 s', '5 s', '4 s', '3 s'])
  })

  it('goes by what is predicted, over groups and requests', () => {
    const waiting = [
      { id: 'a', timeS: 5, group: 'a', threads: 2 },
      { id: 'b', timeS: 9, group: 'b' },
      { id: 'unknown', timeS: null, group: 'c' },
    ]
    expect(placed({ nodes: [four], waiting })).toEqual(['unknown', 'b', 'a'])
  })

  it('places a higher priority first, however short', () => {
    const waiting = [
      { id: 'long', timeS: 100, threads: 4 },
      { id: 'urgent', timeS: 1, priority: 1 },
    ]
    expect(placed({ nodes: [four], waiting })).toEqual(['urgent'])
  })

  it('places the earlier of equal jobs first', () => {
    const waiting = ['a', 'b', 'c', 'd', 'e'].map(id => ({ id }))
    expect(placed({ nodes: [four], waiting })).toEqual(['a', 'b', 'c', 'd'])
  })

  it('fills the gaps beside a long job with shorter ones', () => {
    const waiting = [
      { id: 'long', timeS: 100, threads: 3 },
      { id: 'wide', timeS: 50, threads: 3 },
      { id: 'narrow', timeS: 10 },
    ]
    expect(placed({ nodes: [four], waiting })).toEqual(['long', 'narrow'])
  })

  it('puts a CPU job where it leaves the node with GPUs to GPU jobs', () => {
    const nodes = [buildNode({ name: 'gpu', threads: 4, gpus: 2 }), buildNode({ name: 'cpu', threads: 4 })]
    const waiting = [
      { id: 'cpu job', timeS: 9, threads: 3 },
      { id: 'gpu job', timeS: 8, threads: 3, gpus: 1 },
    ]
    expect(placed({ nodes, waiting })).toEqual(['cpu job@cpu', 'gpu job@gpu'])
  })
})

describe('longest first, beside a large job that waits', () => {
  const running = [{ id: 'running', threads: 3, endsInS: 30 }]
  const large = { id: 'large', timeS: 100, threads: 4 }

  it('lets in what ends in time', () => {
    const waiting = [large, { id: 'small', timeS: 30 }]
    expect(placed({ nodes: [four], waiting, running })).toEqual(['small'])
  })

  it('tells whoever asks for whom which place is kept, whether or not something else wants it', () => {
    for (const others of [[], [{ id: 'small', timeS: 31 }], [{ id: 'small', timeS: 3 }]]) {
      const kept: unknown[] = []
      const situation = situationOf({ nodes: [four], waiting: [large, ...others], running })
      const trace: Trace = { reserved: ({ job }, node, at) => kept.push([job.id, node, at]) }
      expect(longestFirst().decide(situation, trace)).toEqual(longestFirst().decide(situation))
      expect(kept).toEqual([['large', 'node', 30_000]])
    }
  })

  it('keeps out what would delay it', () => {
    const waiting = [large, { id: 'small', timeS: 31 }]
    expect(placed({ nodes: [four], waiting, running })).toEqual([])
  })

  it('passes over the jobs of a bucket that are too long, to the longest that ends in time', () => {
    const small = [99, 80, 50, 31, 29, 20, 10].map(timeS => ({ id: `${timeS} s`, timeS }))
    expect(placed({ nodes: [four], waiting: [large, ...small], running })).toEqual(['29 s'])
  })

  it('lets in longer ones where both fit', () => {
    const waiting = [
      { id: 'large', timeS: 100, threads: 3 },
      { id: 'small', timeS: 90 },
      { id: 'smaller', timeS: 80, threads: 0.5 },
    ]
    const full = [{ id: 'running', threads: 2.5, endsInS: 30 }]
    expect(placed({ nodes: [four], waiting, running: full })).toEqual(['small'])
  })

  it('lets in anything on another node', () => {
    const nodes = [four, buildNode({ name: 'other', threads: 1 })]
    const waiting = [large, { id: 'small', timeS: 90 }]
    expect(placed({ nodes, waiting, running: running.map(job => ({ ...job, on: 'node' })) })).toEqual([
      'small@other',
    ])
  })

  it('counts what was placed in the same pass among what comes back', () => {
    const waiting: JobDraft[] = [
      { id: 'first', timeS: 10, threads: 3, priority: 2 },
      { ...large, priority: 1 },
      { id: 'for ever', timeS: 1000 },
      { id: 'in time', timeS: 10, threads: 0.5 },
    ]
    expect(placed({ nodes: [four], waiting })).toEqual(['first', 'in time'])
  })

  it('keeps a place for the longest that can have one, where a longer one waits for a node that is away', () => {
    const waiting = [{ id: 'needs a GPU', timeS: 500, gpus: 1 }, large, { id: 'small', timeS: 31 }]
    expect(placed({ nodes: [four], waiting, running })).toEqual([])
  })
})

describe('longest first, at the start of a run', () => {
  const groups = [
    ...[900, 800, 700, 600, 500, 400].map(timeS => ({ id: `a${timeS}`, timeS, group: 'a' })),
    ...[90, 80, 70, 60].map(timeS => ({ id: `b${timeS}`, timeS, group: 'b' })),
  ]

  it('places the three longest of each group first, where that costs nothing', () => {
    const six = buildNode({ threads: 6 })
    const order = placed({ nodes: [six], waiting: groups, placed: 0 })
    expect(order).toEqual(['a900', 'a800', 'a700', 'b90', 'b80', 'b70'])
  })

  it('does not, where they have been placed already, or where it is told so', () => {
    const six = buildNode({ threads: 6 })
    const plain = ['a900', 'a800', 'a700', 'a600', 'a500', 'a400']
    expect(placed({ nodes: [six], waiting: groups })).toEqual(plain)
    expect(placed({ nodes: [six], waiting: groups, placed: 0 }, { groupStarts: 0 })).toEqual(plain)
  })

  it('does not, where the longer one would then set the end of the run', () => {
    const waiting = [
      ...['a1', 'a2', 'a3', 'a4'].map(id => ({ id, timeS: 100, group: 'a' })),
      { id: 'b', timeS: 10, group: 'b' },
    ]
    expect(placed({ nodes: [four], waiting, placed: 0 })).toEqual(['a1', 'a2', 'a3', 'a4'])
  })
})

describe('any decision of longest first', () => {
  const draft = fc.record({
    timeS: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 300 })),
    group: fc.constantFrom('a', 'b', 'c'),
    priority: fc.constantFrom(0, 0, 1),
    threads: fc.constantFrom(0.5, 1, 2, 4),
    ramGb: fc.constantFrom(0, 3),
    gpus: fc.constantFrom(0, 0, 1, 2),
    physicalCores: fc.constantFrom(0, 0, 2),
  })
  const scene = fc.record({
    waiting: fc.array(draft, { maxLength: 25 }),
    running: fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 3 }),
    placed: fc.constantFrom(0, 100),
  })
  const nodes = [buildNode({ name: 'gpu', threads: 4, gpus: 2 }), buildNode({ name: 'cpu', threads: 2 })]
  const sceneOf = ({
    waiting,
    running,
    placed,
  }: {
    waiting: object[]
    running: number[]
    placed: number
  }) => ({
    nodes,
    waiting: waiting.map((one, i) => ({ id: `j${i}`, ...one })),
    running: running.map((endsInS, i) => ({ id: `r${i}`, endsInS, on: 'gpu' })),
    placed,
  })

  it('fits when the decisions are carried out in their order, and no job is placed twice', () => {
    fc.assert(
      fc.property(scene, given => {
        const situation = situationOf(sceneOf(given))
        const free = new Map(situation.nodes.map(node => [node.name, node.free]))
        const seen = new Set<string>()
        for (const { pending, node, grant } of longestFirst().decide(situation)) {
          const left = free.get(node)
          if (!left || !covers(left, grant)) throw new Error(`${pending.job.id} does not fit on ${node}`)
          expect(seen.has(pending.job.id)).toBe(false)
          seen.add(pending.job.id)
          free.set(node, take(left, grant))
        }
      }),
      { seed, numRuns: runsOr(300) },
    )
  })

  it.each([0, 3])(
    'does not depend on the order in which jobs of different length were added (%i first)',
    n => {
      const shuffled = fc
        .uniqueArray(draft, { selector: ({ timeS }) => timeS ?? 60, maxLength: 12 })
        .chain(jobs => {
          const named = jobs.map((one, i) => ({ id: `j${i}`, ...one }))
          return fc.tuple(fc.constant(named), fc.shuffledSubarray(named, { minLength: named.length }))
        })
      fc.assert(
        fc.property(shuffled, fc.constantFrom(0, 100), ([jobs, others], placedBefore) => {
          const order = (waiting: JobDraft[]) =>
            placed({ nodes, waiting, placed: placedBefore }, { groupStarts: n })
          expect(order(others)).toEqual(order(jobs))
        }),
        { seed, numRuns: runsOr(300) },
      )
    },
  )

  it('leaves nothing waiting that could run alone on an empty node', () => {
    fc.assert(
      fc.property(fc.array(draft, { minLength: 1, maxLength: 25 }), waiting => {
        const situation = situationOf(sceneOf({ waiting, running: [], placed: 0 }))
        const possible = situation.buckets.some(({ demand }) =>
          nodes.some(node => demand.gpus <= node.gpus.length && demand.threads <= allFree(node).threads),
        )
        expect(longestFirst().decide(situation).length > 0).toBe(possible)
      }),
    )
  })
})
