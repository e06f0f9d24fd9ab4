import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type {
  Asked,
  ExplainedJob,
  NodeVerdict,
  PlacedExplanation,
  WaitingExplanation,
} from '../../src/explanation.ts'
import { explanationText } from '../../src/reports/explanation/text.ts'
import { aFailure, anyName, NOW } from './support/pictures.ts'

const JOB: ExplainedJob = { id: 'a1b2c3d4', name: 'fit 7', group: 'fit', at: NOW }
const ASKS: Asked = {
  threads: 4,
  ramGb: 8.1,
  physicalCores: 0,
  gpus: 1,
  gpuShare: 0.5,
  gpuRamGb: 10.5,
  resources: { license: 1 },
}
const BUSY: NodeVerdict = {
  node: 'vm',
  fits: false,
  fitsEmpty: true,
  missing: [
    { resource: 'threads', asked: 4, free: 2.5, missing: 1.5 },
    { resource: 'ramGb', asked: 8.1, free: 5.8, missing: 2.3 },
    { resource: 'gpus', asked: 1, free: 0, missing: 1 },
    { resource: 'resources.license', asked: 1, free: 0, missing: 1 },
  ],
  gpus: [
    { index: 0, share: 0.25, ramGb: 0 },
    { index: 1, share: 0.5, ramGb: 3 },
  ],
}
const SMALL: NodeVerdict = {
  node: 'small',
  fits: false,
  fitsEmpty: false,
  missing: [{ resource: 'threads', asked: 4, free: 1, missing: 3 }],
  gpus: [],
}
const PLACE = { for: { id: 'b1', name: 'big fit' }, node: 'vm', at: NOW + 600_000 }

function aWaiting(some: Partial<WaitingExplanation> = {}): WaitingExplanation {
  return {
    ...JOB,
    state: 'waiting',
    asks: ASKS,
    since: NOW - 200_000,
    waiting: 12,
    reason: { kind: 'full' },
    nodes: [SMALL, BUSY],
    kept: null,
    starts: null,
    ...some,
  }
}

function aPlaced(some: Partial<PlacedExplanation> = {}): PlacedExplanation {
  return {
    ...JOB,
    state: 'running',
    asks: ASKS,
    node: 'vm',
    placedAt: NOW - 61_000,
    startedAt: NOW - 60_000,
    attempt: 2,
    cores: [],
    gpus: [{ index: 1, id: '1' }],
    endsAt: NOW + 3_600_000,
    policy: 'longest-first',
    moment: {
      rank: 2,
      waiting: 341,
      free: { ...ASKS, threads: 6, ramGb: 12, gpus: 2, resources: { license: 3 } },
      nodes: [{ ...BUSY, fits: true, missing: [], gpus: [] }, SMALL],
    },
    ...some,
  }
}

const lines = (...args: Parameters<typeof explanationText>) => explanationText(...args).split('\n')

describe('an explanation', () => {
  test('of a job that waits: what is missing where, nearest first, and when it starts', () => {
    const kept = { ...PLACE, for: JOB }
    const starts = { at: NOW + 600_000, after: 3 }
    expect(lines(aWaiting({ kept, starts }))).toEqual([
      'fit 7 (a1b2c3d4) waits since 14:01 (for 3m 20s): it fits nowhere now.',
      '  asks for  4 threads, 8.1 GiB RAM, 1 GPU (0.5 of it, 10.5 GiB), 1 license',
      '  vm        missing: 1.5 threads (2.5 free, 4 asked for), 2.3 GiB RAM (5.8 free, 8.1 asked for), 1 GPU (0 of 1 with enough free), 1 license (0 free, 1 asked for), GPU 0 lacks 0.25 of it, GPU 1 lacks 0.5 of it and 3 GiB',
      '  small     missing: 3 threads (1 free, 4 asked for); too small for it also when nothing runs there',
      '  kept      room for it on vm from 14:15 on (in 10m 00s): nothing is placed there that would delay it',
      '  starts    at about 14:15 (in 10m 00s), after 3 other jobs',
    ])
  })

  test('gives each reason in words', () => {
    const sentence = (reason: WaitingExplanation['reason']) => lines(aWaiting({ reason }))[0]?.split(': ')[1]
    expect(sentence({ kind: 'notStarted' })).toBe('the run has not been started.')
    expect(sentence({ kind: 'paused' })).toBe('placing is paused.')
    expect(sentence({ kind: 'stopped' })).toBe('the run was stopped, no more jobs are started.')
    expect(sentence({ kind: 'noNode' })).toBe('there is no node that takes jobs.')
    expect(sentence({ kind: 'next', node: 'vm' })).toBe('it is about to be placed on vm.')
    expect(sentence({ kind: 'kept', place: PLACE })).toBe(
      'it fits, but would delay big fit (b1), for which room is kept on vm from 14:15 on (in 10m 00s).',
    )
    expect(sentence({ kind: 'starving', for: PLACE.for })).toBe(
      'it fits, but big fit (b1) has been passed over so often that it goes first.',
    )
    expect(sentence({ kind: 'behind', policy: 'mine' })).toBe(
      'it fits, but the policy mine leaves the room to jobs that wait for more of it.',
    )
  })

  test('of a job that runs: what it holds, and how the nodes looked when it was placed', () => {
    expect(lines(aPlaced())).toEqual([
      'fit 7 (a1b2c3d4) runs on vm since 14:04 (for 1m 00s), attempt 2; it is expected to end at 15:05.',
      '  holds   4 threads, 8.1 GiB RAM, 1 GPU (0.5 of it, 10.5 GiB), 1 license; GPU 1',
      '  placed  2031-02-03 14:04:05 by longest-first, the 2nd in its turn; 341 waited on',
      '  vm had  6 threads, 12 GiB RAM, 3 license, 2 GPUs with enough free',
      '  small   missing: 3 threads (1 free, 4 asked for); too small for it also when nothing runs there',
    ])
    expect(lines(aPlaced({ moment: null, state: 'placed', startedAt: null, attempt: 1 }))).toEqual([
      'fit 7 (a1b2c3d4) is being started on vm since 14:04 (for 1m 01s); it is expected to end at 15:05.',
      '  holds   4 threads, 8.1 GiB RAM, 1 GPU (0.5 of it, 10.5 GiB), 1 license; GPU 1',
      '  placed  2031-02-03 14:04:05 by longest-first',
    ])
  })

  test('of a job that is tried again, and of one that has ended', () => {
    const failure = { reason: 'exit', message: 'exit code 1\nmore' } as const
    expect(explanationText({ ...JOB, state: 'retrying', failure, attempts: 1, retryAt: NOW + 2000 })).toBe(
      'fit 7 (a1b2c3d4) has failed (exit code 1); attempt 2 follows at 14:05, in 2.0 s.',
    )
    const ended = (some: Parameters<typeof aFailure>[0]) =>
      explanationText({ ...JOB, state: 'ended', outcome: aFailure({ startedAt: NOW - 60_000, ...some }) })
    expect(ended({})).toBe(
      'fit 7 (a1b2c3d4) failed at 2031-02-03 14:04:42 on node-1: exit code 1, after 36 s.',
    )
    expect(ended({ status: 'succeeded', attempts: 3 })).toBe(
      'fit 7 (a1b2c3d4) succeeded at 2031-02-03 14:04:42 on node-1, after 36 s, in attempt 3.',
    )
    expect(ended({ status: 'cancelled', startedAt: null, node: null })).toBe(
      'fit 7 (a1b2c3d4) was cancelled before it was started.',
    )
  })

  test('is folded between words on a narrow terminal', () => {
    expect(lines(aWaiting({ nodes: [SMALL] }), 40)).toEqual([
      'fit 7 (a1b2c3d4) waits since 14:01 (for',
      '3m 20s): it fits nowhere now.',
      '  asks for  4 threads, 8.1 GiB RAM, 1',
      '            GPU (0.5 of it, 10.5 GiB), 1',
      '            license',
      '  small     missing: 3 threads (1 free,',
      '            4 asked for); too small for',
      '            it also when nothing runs',
      '            there',
    ])
  })

  test('tells of twelve nodes at most, those where the least is missing', () => {
    const nodes = Array.from({ length: 70 }, (_, i) => ({ ...(i === 60 ? BUSY : SMALL), node: `n${i}` }))
    const told = lines(aWaiting({ nodes }))
    expect(told).toHaveLength(2 + 12 + 1)
    expect(told[2]).toContain('n60')
    expect(told.at(-1)).toBe('  …         and 58 more nodes, where it does not fit better')
  })

  test('sends no control character, whatever the names are', () => {
    fc.assert(
      fc.property(anyName, name => {
        const named = { ...JOB, id: name, name }
        const place = { ...PLACE, for: named, node: name }
        const waiting = aWaiting({
          ...named,
          reason: { kind: 'kept', place },
          kept: place,
          nodes: [{ ...BUSY, node: name }],
          asks: { ...ASKS, resources: { [name]: 1 } },
        })
        const running = aPlaced({ ...named, node: name, policy: name })
        for (const explanation of [waiting, running])
          expect(explanationText(explanation).replaceAll('\n', '')).not.toMatch(/\p{Cc}|[\u202a-\u202e]/u)
      }),
    )
  })
})
