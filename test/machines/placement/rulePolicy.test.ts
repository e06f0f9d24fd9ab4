import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTrustingEstimator } from '../../../src/machines/estimate/trusting.ts'
import { allFree, covers, take } from '../../../src/machines/placement/free.ts'
import type { Policy, Trace } from '../../../src/machines/placement/policy.ts'
import { BALANCED_RESERVE, LONGEST_FIRST, PORTFOLIO } from '../../../src/machines/placement/rule/rule.ts'
import { balancedReserve, longestFirst, rulePolicy } from '../../../src/machines/placement/rulePolicy.ts'
import { createRollout } from '../../../src/machines/rollout/rollout.ts'
import { randomOf } from '../../../src/simulator/random.ts'
import { simulateSystem } from '../../../src/simulator/system.ts'
import { buildJob, buildNode, type JobDraft } from '../../../src/testing/builders.ts'
import { checkInvariants } from '../../../src/testing/index.ts'
import { hushXState } from '../../support/hushXState.ts'
import { runsOr, seed } from '../../support/runs.ts'
import { bucketsOf } from '../rollout/support/rest.ts'
import { pendingOf, type Scene, situationOf } from './support/situation.ts'

hushXState()

const four = buildNode({ threads: 4 })

/** What is placed now, in order: `id` on the only node, else `id@node`. */
function placed(scene: Scene, policy: Policy): string[] {
  const decisions = policy.decide(situationOf(scene))
  const one = scene.nodes.length === 1
  return decisions.map(({ pending, node }) => (one ? pending.job.id : `${pending.job.id}@${node}`))
}

describe.each([
  { name: 'longest-first', policyWith: longestFirst },
  { name: 'balanced-reserve', policyWith: balancedReserve },
])('$name', ({ policyWith }) => {
  const policy = policyWith({ groupStarts: 0 })

  it('places the longest first, and as many as fit', () => {
    const waiting = [1, 2, 3, 4, 5, 6].map(timeS => ({ id: `${timeS} s`, timeS }))
    expect(placed({ nodes: [four], waiting }, policy)).toEqual(['6 s', '5 s', '4 s', '3 s'])
  })

  it('places a higher priority first, however short', () => {
    const waiting = [
      { id: 'long', timeS: 100, threads: 4 },
      { id: 'urgent', timeS: 1, priority: 1 },
    ]
    expect(placed({ nodes: [four], waiting }, policy)).toEqual(['urgent'])
  })

  it('places the earlier of equal jobs first', () => {
    const waiting = ['a', 'b', 'c', 'd', 'e'].map(id => ({ id }))
    expect(placed({ nodes: [four], waiting }, policy)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('puts a CPU job where it leaves the node with GPUs to GPU jobs', () => {
    const nodes = [buildNode({ name: 'gpu', threads: 4, gpus: 2 }), buildNode({ name: 'cpu', threads: 4 })]
    const waiting = [
      { id: 'cpu job', timeS: 9, threads: 3 },
      { id: 'gpu job', timeS: 8, threads: 3, gpus: 1 },
    ]
    expect(placed({ nodes, waiting }, policy).sort()).toEqual(['cpu job@cpu', 'gpu job@gpu'])
  })

  it('gives the very cores and GPUs, neighbours and the tightest', () => {
    const node = buildNode({ threads: 8, cores: 8, gpus: 2 })
    const running = [{ id: 'r', threads: 3, physicalCores: 3, gpus: 1, gpuShare: 0.5, endsInS: 9 }]
    const waiting = [{ id: 'a', timeS: 9, physicalCores: 2, gpus: 1, gpuShare: 0.5 }]
    const [decision] = policy.decide(situationOf({ nodes: [node], waiting, running }))
    expect(decision?.grant).toMatchObject({ cores: [3, 4], gpus: [0] })
  })

  it('sees that free cores that are no neighbours do not fit a pinned job', () => {
    const waiting = [
      { id: 'a', timeS: 90, physicalCores: 3 },
      { id: 'b', timeS: 80, physicalCores: 3 },
    ]
    const situation = situationOf({ nodes: [buildNode({ threads: 7, cores: 6 })], waiting })
    const free = situation.nodes[0]?.free
    if (!free) throw new Error('there is no node')
    const nodes = situation.nodes.map(node => ({ ...node, free: { ...free, cores: [0, 1, 3, 4, 5] } }))
    expect(policy.decide({ ...situation, nodes }).map(({ grant }) => grant.cores)).toEqual([[3, 4, 5]])
  })

  it('has one that waits for a node that is away keep nobody from a place', () => {
    const waiting = [
      { id: 'needs a GPU', timeS: 5000, gpus: 1 },
      { id: 'small', timeS: 31 },
    ]
    expect(placed({ nodes: [four], waiting }, policy)).toEqual(['small'])
  })

  it('orders the others by their keys where one waits for an own resource that no node has now', () => {
    const waiting = [
      { id: 'long', timeS: 20, threads: 3 },
      { id: 'short', timeS: 10, threads: 3, group: 'other' },
      { id: 'needs a licence', timeS: 5, resources: { licence: 1 } },
    ]
    expect(placed({ nodes: [four], waiting }, policy)).toEqual(['long'])
  })

  it('places a starving job before all others', () => {
    const situation = situationOf({
      nodes: [four],
      waiting: [
        { id: 'long', timeS: 900, threads: 3 },
        { id: 'starving', timeS: 1, threads: 3, group: 'a' },
        { id: 'first', timeS: 10, threads: 3, group: 'a' },
      ],
    })
    const starving = situation.buckets.flatMap(bucket => bucket.at(1) ?? [])
    expect(starving.map(({ job }) => job.id)).toEqual(['starving'])
    const decisions = policy.decide({ ...situation, starving: () => starving })
    expect(decisions.map(({ pending }) => pending.job.id)).toEqual(['starving'])
  })

  it('places nothing of its priority or below on a node that could hold a starving one, all else elsewhere', () => {
    const nodes = [four, buildNode({ name: 'small', threads: 2 })]
    const running = [{ id: 'r', threads: 0.5, endsInS: 1000, on: 'node' }]
    const situation = situationOf({
      nodes,
      running,
      waiting: [
        { id: 'starving', timeS: 1, threads: 4 },
        { id: 'a', timeS: 10 },
        { id: 'b', timeS: 9 },
        { id: 'c', timeS: 8, threads: 0.5 },
        { id: 'urgent', timeS: 1, threads: 3, priority: 1 },
      ],
    })
    const starving = situation.buckets.flatMap(
      bucket => (bucket.demand.threads === 4000 ? bucket.at(0) : []) ?? [],
    )
    const decisions = policy.decide({ ...situation, starving: () => starving })
    expect(decisions.map(({ pending, node }) => `${pending.job.id}@${node}`)).toEqual([
      'urgent@node',
      'a@small',
      'b@small',
    ])
  })
})

describe('longest-first', () => {
  const running = [{ id: 'running', threads: 3, endsInS: 30 }]

  it('places a shorter job beside one that does not fit, and nothing shorter than a tenth of it', () => {
    const waiting = [
      { id: 'wide', timeS: 100, threads: 4 },
      { id: 'tenth', timeS: 10, threads: 0.5 },
      { id: 'shorter', timeS: 9.9, threads: 0.5 },
    ]
    expect(placed({ nodes: [four], waiting, running }, longestFirst())).toEqual(['tenth'])
  })

  it('goes by what is predicted, over groups and requests', () => {
    const waiting = [
      { id: 'a', timeS: 5, group: 'a', threads: 2 },
      { id: 'b', timeS: 9, group: 'b' },
      { id: 'unknown', timeS: null, group: 'c' },
    ]
    expect(placed({ nodes: [four], waiting }, longestFirst())).toEqual(['unknown', 'b', 'a'])
  })

  const groups = [
    ...[900, 800, 700, 600, 500, 400].map(timeS => ({ id: `a${timeS}`, timeS, group: 'a' })),
    ...[90, 80, 70, 60].map(timeS => ({ id: `b${timeS}`, timeS, group: 'b' })),
  ]
  const three = buildNode({ threads: 3 })

  it('places three of a group first of which nothing has been placed, where that costs nothing', () => {
    const scene = { nodes: [three], waiting: groups }
    const placedOf = (group: string) => (group === 'a' ? 3 : 0)
    const decisions = longestFirst().decide({ ...situationOf(scene), placedOf })
    expect(decisions.map(({ pending }) => pending.job.id)).toEqual(['b90', 'b80', 'b70'])
  })

  it('does not, where they have been placed already, or where it is told so', () => {
    const plain = ['a900', 'a800', 'a700']
    expect(placed({ nodes: [three], waiting: groups }, longestFirst())).toEqual(plain)
    const none = longestFirst({ groupStarts: 0 })
    expect(placed({ nodes: [three], waiting: groups, placed: 0 }, none)).toEqual(plain)
  })

  it('does not, where the longer one would then set the end of the run', () => {
    const waiting = [
      ...['a1', 'a2', 'a3', 'a4'].map(id => ({ id, timeS: 100, group: 'a' })),
      { id: 'b', timeS: 10, group: 'b' },
    ]
    expect(placed({ nodes: [four], waiting, placed: 0 }, longestFirst())).toEqual(['a1', 'a2', 'a3', 'a4'])
  })
})

describe('a reservation, beside a large job that waits', () => {
  const reserving = rulePolicy({ ...LONGEST_FIRST, blocked: { kind: 'reserve' }, groupStarts: 0 })
  const running = [{ id: 'running', threads: 3, endsInS: 30 }]
  const large = { id: 'large', timeS: 100, threads: 4 }

  it('lets in what ends in time', () => {
    const waiting = [large, { id: 'small', timeS: 30 }]
    expect(placed({ nodes: [four], waiting, running }, reserving)).toEqual(['small'])
  })

  it('is told to whoever asks, whether or not something else wants the place', () => {
    for (const others of [[], [{ id: 'small', timeS: 31 }], [{ id: 'small', timeS: 3 }]]) {
      const kept: unknown[] = []
      const situation = situationOf({ nodes: [four], waiting: [large, ...others], running })
      const trace: Trace = { reserved: ({ job }, node, at) => kept.push([job.id, node, at]) }
      expect(reserving.decide(situation, trace)).toEqual(reserving.decide(situation))
      expect(kept).toEqual([['large', 'node', 30_000]])
    }
  })

  it('keeps out what would delay it', () => {
    const waiting = [large, { id: 'small', timeS: 31 }]
    expect(placed({ nodes: [four], waiting, running }, reserving)).toEqual([])
  })

  it('passes over the jobs of a bucket that are too long, to the longest that ends in time', () => {
    const small = [99, 80, 50, 31, 29, 20, 10].map(timeS => ({ id: `${timeS} s`, timeS }))
    expect(placed({ nodes: [four], waiting: [large, ...small], running }, reserving)).toEqual(['29 s'])
  })

  it('lets in longer ones where both fit', () => {
    const waiting = [
      { id: 'large', timeS: 100, threads: 3 },
      { id: 'small', timeS: 90 },
      { id: 'smaller', timeS: 80, threads: 0.5 },
    ]
    const full = [{ id: 'running', threads: 2.5, endsInS: 30 }]
    expect(placed({ nodes: [four], waiting, running: full }, reserving)).toEqual(['small'])
  })

  it('lets in anything on another node', () => {
    const nodes = [four, buildNode({ name: 'other', threads: 1 })]
    const waiting = [large, { id: 'small', timeS: 90 }]
    const there = running.map(job => ({ ...job, on: 'node' }))
    expect(placed({ nodes, waiting, running: there }, reserving)).toEqual(['small@other'])
  })

  it('is on the node where the job fits first', () => {
    const nodes = [four, buildNode({ name: 'sooner', threads: 4 })]
    const there = [
      { id: 'late', threads: 3, endsInS: 30, on: 'node' },
      { id: 'soon', threads: 3, endsInS: 20, on: 'sooner' },
    ]
    const waiting = [large, { id: '25 s', timeS: 25 }, { id: '20 s', timeS: 20 }]
    expect(placed({ nodes, waiting, running: there }, reserving)).toEqual(['25 s@node', '20 s@sooner'])
  })

  it('counts what was placed in the same pass among what comes back', () => {
    const waiting: JobDraft[] = [
      { id: 'first', timeS: 10, threads: 3, priority: 2 },
      { ...large, priority: 1 },
      { id: 'for ever', timeS: 1000 },
      { id: 'in time', timeS: 10, threads: 0.5 },
    ]
    expect(placed({ nodes: [four], waiting }, reserving)).toEqual(['first', 'in time'])
  })

  it('is for the longest that can have one, where a longer one waits for a node that is away', () => {
    const waiting = [{ id: 'needs a GPU', timeS: 500, gpus: 1 }, large, { id: 'small', timeS: 31 }]
    expect(placed({ nodes: [four], waiting, running }, reserving)).toEqual([])
  })
})

describe(`any decision of any rule (seed ${seed})`, () => {
  const draft = fc.record({
    timeS: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 300 })),
    group: fc.constantFrom('a', 'b', 'c'),
    priority: fc.constantFrom(0, 0, 1),
    threads: fc.constantFrom(0.5, 1, 2, 4),
    ramGb: fc.constantFrom(0, 3),
    gpus: fc.constantFrom(0, 0, 1, 2),
    gpuShare: fc.constantFrom(0.3, 0.5, 1),
    physicalCores: fc.constantFrom(0, 0, 2),
  })
  const scene = fc.record({
    waiting: fc.array(draft, { maxLength: 25 }),
    running: fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 3 }),
    placed: fc.constantFrom(0, 100),
  })
  const rule = fc.constantFrom(...PORTFOLIO, LONGEST_FIRST)
  const nodes = [buildNode({ name: 'gpu', threads: 4, gpus: 2 }), buildNode({ name: 'cpu', threads: 2 })]
  type Given = { waiting: object[]; running: number[]; placed: number }
  const sceneOf = (given: Given) => ({
    nodes,
    waiting: given.waiting.map((one, i) => ({ id: `j${i}`, ...one })),
    running: given.running.map((endsInS, i) => ({ id: `r${i}`, endsInS, on: 'gpu' })),
    placed: given.placed,
  })

  it('fits when the decisions are carried out in their order, and no job is placed twice', () => {
    fc.assert(
      fc.property(
        fc.array(scene, { minLength: 1, maxLength: 3 }),
        rule,
        fc.boolean(),
        (scenes, one, starves) => {
          // One policy for all scenes: what it remembers of one must not count in the next.
          const policy = rulePolicy(one)
          for (const given of scenes) {
            const situation = situationOf(sceneOf(given))
            const starving = situation.buckets.flatMap(bucket => bucket.at(bucket.size - 1) ?? []).slice(0, 1)
            const free = new Map(situation.nodes.map(node => [node.name, node.free]))
            const seen = new Set<string>()
            const decisions = policy.decide({ ...situation, starving: () => (starves ? starving : []) })
            for (const { pending, node, grant } of decisions) {
              const left = free.get(node)
              if (!left || !covers(left, grant)) throw new Error(`${pending.job.id} does not fit on ${node}`)
              expect(seen.has(pending.job.id)).toBe(false)
              seen.add(pending.job.id)
              free.set(node, take(left, grant))
            }
          }
        },
      ),
      { seed, numRuns: runsOr(300) },
    )
  })

  it('is the same again where the ledgers have refused all of it', () => {
    fc.assert(
      fc.property(scene, rule, (given, one) => {
        const policy = rulePolicy(one)
        const situation = situationOf(sceneOf(given))
        const decided = () => policy.decide(situation).map(({ pending, node }) => [pending.job.id, node])
        const first = decided()
        expect(decided()).toEqual(first)
        expect(decided()).toEqual(first)
      }),
      { seed, numRuns: runsOr(200) },
    )
  })

  it('is the same for a policy that has decided before and for a new one', () => {
    fc.assert(
      fc.property(fc.array(scene, { minLength: 2, maxLength: 4 }), rule, (scenes, one) => {
        const used = rulePolicy(one)
        for (const given of scenes) {
          const fresh = placed(sceneOf(given), rulePolicy(one))
          expect(placed(sceneOf(given), used)).toEqual(fresh)
        }
      }),
      { seed, numRuns: runsOr(200) },
    )
  })

  it.each([0, 3])(
    'of longest-first does not depend on the order in which jobs of different length were added (%i first)',
    groupStarts => {
      const shuffled = fc
        .uniqueArray(draft, { selector: ({ timeS }) => timeS ?? 60, maxLength: 12 })
        .chain(jobs => {
          const named = jobs.map((one, i) => ({ id: `j${i}`, ...one }))
          return fc.tuple(fc.constant(named), fc.shuffledSubarray(named, { minLength: named.length }))
        })
      fc.assert(
        fc.property(shuffled, fc.constantFrom(0, 100), ([jobs, others], placedBefore) => {
          const order = (waiting: JobDraft[]) =>
            placed({ nodes, waiting, placed: placedBefore }, longestFirst({ groupStarts }))
          expect(order(others)).toEqual(order(jobs))
        }),
        { seed, numRuns: runsOr(300) },
      )
    },
  )

  it('leaves nothing waiting that could run alone on an empty node', () => {
    fc.assert(
      fc.property(fc.array(draft, { minLength: 1, maxLength: 25 }), rule, (waiting, one) => {
        const situation = situationOf(sceneOf({ waiting, running: [], placed: 0 }))
        const possible = situation.buckets.some(({ demand }) =>
          nodes.some(node => demand.gpus <= node.gpus.length && demand.threads <= allFree(node).threads),
        )
        expect(rulePolicy(one).decide(situation).length > 0).toBe(possible)
      }),
      { seed, numRuns: runsOr(300) },
    )
  })
})

describe('a run by a policy, and a rollout of it by the same rule', () => {
  const nodes = [
    buildNode({ name: 'a', threads: 8, ramGb: 32, gpus: 2 }),
    buildNode({ name: 'b', threads: 16, ramGb: 64 }),
  ]
  const drafts = (n: number): JobDraft[] =>
    Array.from({ length: 60 }, (_, i) => {
      const pick = (key: string, from: readonly number[]) =>
        from[Math.floor(randomOf(n, key, i) * from.length)] ?? 0
      return {
        id: `j${i}`,
        timeS: 1 + Math.floor(1000 * randomOf(n, 'time', i) ** 3),
        threads: pick('threads', [1, 2, 3, 8]),
        ramGb: pick('ram', [1, 5, 20]),
        gpus: pick('gpus', [0, 0, 1, 2]),
        gpuShare: pick('share', [0.25, 0.5, 1]),
      }
    })

  it.each([...PORTFOLIO, LONGEST_FIRST].map(rule => ({ rule, name: rule.name })))(
    'end at the same time: $name',
    ({ rule }) => {
      for (const n of [1, 2, 3]) {
        const jobs = drafts(n).map(buildJob)
        const system = simulateSystem({
          nodes,
          policy: rulePolicy(rule),
          estimator: createTrustingEstimator(),
        })
        system.add(jobs)
        system.runAll(checkInvariants)
        const empty = nodes.map(allFree)
        const buckets = bucketsOf(
          drafts(n).map(draft => ({
            demand: pendingOf(draft, 0).demand,
            group: 'group',
            priority: 0,
            seconds: draft.timeS ?? 0,
          })),
        )
        const rest = { nodes: empty.map(free => ({ empty: free, free })), running: [], buckets }
        const startedAt = Math.min(...system.outcomes.map(({ startedAt }) => startedAt ?? 0))
        expect((system.clock.now() - startedAt) / 1000).toBe(createRollout(rest).run(rule).makespanS)
      }
    },
  )
})

it('balanced-reserve is a rule of its own, and the first of the portfolio', () => {
  expect(balancedReserve().name).toBe('balanced-reserve')
  expect(PORTFOLIO[0]).toBe(BALANCED_RESERVE)
  expect(new Set(PORTFOLIO.map(({ name }) => name)).size).toBe(PORTFOLIO.length)
})
