import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { verdictOf } from '../../../src/machines/explain/verdict.ts'
import { whyWaiting } from '../../../src/machines/explain/waiting.ts'
import type { Policy, Situation } from '../../../src/machines/placement/policy.ts'
import type { PendingJob } from '../../../src/machines/placement/queue.ts'
import { LONGEST_FIRST } from '../../../src/machines/placement/rule/rule.ts'
import { rulePolicy } from '../../../src/machines/placement/rulePolicy.ts'
import { buildNode, type JobDraft } from '../../../src/testing/builders.ts'
import { runsOr, seed } from '../../support/runs.ts'
import { openNode, pendingOf, type Scene, situationOf } from '../placement/support/situation.ts'

/** The longest first, with a place kept for the longest that fits nowhere. */
const reserving = () => rulePolicy({ ...LONGEST_FIRST, blocked: { kind: 'reserve' } })

const four = buildNode({ threads: 4 })
const running = [{ id: 'running', threads: 3, endsInS: 30 }]
const large = { id: 'large', timeS: 100, threads: 4 }

/** Why a job of the scene waits, and for whom a place is kept. */
function why(scene: Scene, id: string, policy: Policy = reserving()) {
  const situation = situationOf(scene)
  return whyWaiting(policy, situation, pendingIn(situation, id))
}

function pendingIn({ buckets }: Situation, id: string): PendingJob {
  const all = buckets.flatMap(bucket => Array.from({ length: bucket.size }, (_, i) => bucket.at(i)))
  const pending = all.find(one => one?.job.id === id)
  if (!pending) throw new Error(`there is no ${id}`)
  return pending
}

describe(`why a job waits (LONGSHORE_SEED=${seed})`, () => {
  it('it fits nowhere, and the place that is kept for it', () => {
    expect(why({ nodes: [four], waiting: [large], running }, 'large')).toEqual({
      reason: { kind: 'full' },
      kept: { for: { id: 'large', name: 'large' }, node: 'node', at: 30_000 },
    })
  })

  it('it would delay the one for which a place is kept', () => {
    const waiting = [large, { id: 'long', timeS: 31 }, { id: 'longer', timeS: 40 }]
    for (const id of ['long', 'longer']) {
      const { reason } = why({ nodes: [four], waiting, running }, id)
      expect(reason).toEqual({
        kind: 'kept',
        place: { for: { id: 'large', name: 'large' }, node: 'node', at: 30_000 },
      })
    }
  })

  it('it does not wait: it is placed at once, also from behind in its bucket', () => {
    const waiting = [large, { id: 'long', timeS: 31 }, { id: 'short', timeS: 30 }]
    expect(why({ nodes: [four], waiting, running }, 'short').reason).toEqual({ kind: 'next', node: 'node' })
  })

  it('another has been passed over too often', () => {
    const waiting = [large, { id: 'short', timeS: 30 }]
    const situation = situationOf({ nodes: [four], waiting, running })
    const [starving, short] = ['large', 'short'].map(id => pendingIn(situation, id))
    if (!starving || !short) throw new Error('they do not wait')
    const passedOver = { ...situation, starving: () => [starving] }
    expect(whyWaiting(reserving(), passedOver, short).reason).toEqual({
      kind: 'starving',
      for: { id: 'large', name: 'large' },
    })
    expect(whyWaiting(reserving(), passedOver, starving).reason).toEqual({ kind: 'full' })
  })

  it('the policy leaves the room to others, as far as it does not say more', () => {
    const whole: Policy = {
      name: 'whole nodes only',
      decide: situation =>
        reserving().decide({
          ...situation,
          nodes: situation.nodes.filter(node => node.held().length === 0),
        }),
    }
    const { reason } = why({ nodes: [four], waiting: [{ id: 'small' }], running }, 'small', whole)
    expect(reason).toEqual({ kind: 'behind', policy: 'whole nodes only' })
  })

  it('there is no node', () => {
    expect(why({ nodes: [], waiting: [large] }, 'large')).toEqual({ reason: { kind: 'noNode' }, kept: null })
  })

  it('says that it fits exactly where the policy would place it, were nobody else there', () => {
    const nodes = [
      buildNode({ name: 'a', threads: 4, ramGb: 8 }),
      buildNode({ name: 'b', threads: 8, ramGb: 4, gpus: 1 }),
    ]
    const draft = fc.record({
      threads: fc.constantFrom(0.5, 1, 3, 8),
      ramGb: fc.constantFrom(0, 1, 4, 8),
      gpus: fc.constantFrom(0, 0, 1),
    })
    const asJob = ({
      gpus,
      ...rest
    }: {
      threads: number
      ramGb: number
      gpus: number
    }): Omit<JobDraft, 'id'> => (gpus > 0 ? { ...rest, gpus, gpuShare: 0.5 } : rest)
    fc.assert(
      fc.property(draft, draft, draft, (one, other, asked) => {
        const open = nodes.map(capacity => {
          try {
            return openNode(capacity, [
              { ...asJob(one), id: 'one', endsInS: 9 },
              { ...asJob(other), id: 'other', on: 'b', endsInS: 9 },
            ])
          } catch {
            return openNode(capacity)
          }
        })
        const pending = pendingOf({ id: 'asked', ...asJob(asked) }, 0)
        const situation = situationOf({ nodes: [], waiting: [{ id: 'asked', ...asJob(asked) }] })
        for (const node of open) {
          const placed = reserving().decide({ ...situation, nodes: [node] })
          const { fits, missing } = verdictOf(pending.demand, node.capacity, node.free)
          expect(fits).toBe(placed.length === 1)
          expect(missing.length === 0).toBe(fits)
        }
      }),
      { numRuns: runsOr(300), seed },
    )
  })
})
