import fc from 'fast-check'
import type { Outcome } from '../../../src/job.ts'
import type { NodeUse, Progress, RunningJob, RunPicture, RunReport } from '../../../src/progress.ts'

/** 3 February 2031, 14:05:06 local time: where tests are run does not matter. */
export const NOW = new Date(2031, 1, 3, 14, 5, 6).getTime()

export function aProgress(some: Partial<Progress> = {}): Progress {
  return {
    counts: { total: 480, pending: 341, running: 2, retrying: 0, succeeded: 134, failed: 3, cancelled: 0 },
    elapsedS: 3720,
    remainingS: 7790,
    remainingIntervalS: null,
    endsAt: NOW + 7_790_000,
    fraction: 0.3232,
    longest: { id: 'a', name: 'xgb covtype fold=1', remainingS: 3000 },
    ...some,
  }
}

export function aJob(some: Partial<RunningJob> = {}): RunningJob {
  return {
    id: 'a',
    name: 'xgb covtype fold=1',
    group: 'xgb',
    node: 'node-1',
    attempt: 1,
    startedAt: NOW - 600_000,
    elapsedS: 600,
    remainingS: 3000,
    overdue: false,
    threads: 2,
    requestedRamGb: 4,
    hasAskedForRam: true,
    ramGb: 3.1,
    gpus: [],
    ...some,
  }
}

export function aNode(some: Partial<NodeUse> = {}): NodeUse {
  return {
    name: 'node-1',
    threads: { used: 4, capacity: 16 },
    ramGb: { used: 31, capacity: 62.8 },
    gpus: [],
    resources: {},
    ...some,
  }
}

export function aGpu(index: number): NodeUse['gpus'][number] {
  const share = { used: (index % 5) / 4, capacity: 1 }
  return { id: String(index), name: 'A GPU', share, ramGb: { used: 20 * share.used, capacity: 79.6 } }
}

export function aFailure(some: Partial<Outcome> = {}): Outcome {
  return {
    id: 'f1',
    name: 'mlp adult fold=2',
    group: 'mlp',
    status: 'failed',
    value: undefined,
    exitCode: 1,
    signal: null,
    failure: { reason: 'exit', message: 'exit code 1' },
    startedAt: NOW - 60_000,
    durationS: 36.2,
    peakRamGb: 2,
    node: 'node-1',
    attempts: 1,
    representative: true,
    results: {},
    ...some,
  }
}

export function aPicture(some: Partial<RunPicture> = {}): RunPicture {
  return {
    runDir: 'longshore-runs/tabular',
    startedAt: NOW - 3_720_000,
    now: NOW,
    state: 'running',
    stop: null,
    progress: aProgress(),
    nodes: [aNode()],
    running: [
      aJob(),
      aJob({ id: 'b', name: 'mlp jannis fold=2', overdue: true, remainingS: 45, ramGb: null }),
    ],
    failures: [],
    ...some,
  }
}

export function aReport(some: Partial<RunReport> = {}): RunReport {
  return {
    runDir: 'longshore-runs/tabular',
    startedAt: NOW - 620_000,
    endedAt: NOW,
    durationS: 620,
    counts: { total: 3, pending: 0, running: 0, retrying: 0, succeeded: 2, failed: 1, cancelled: 0 },
    stop: null,
    notStarted: 0,
    late: 0,
    outcomes: [],
    groups: [],
    ramRatios: [],
    firstEstimate: null,
    history: null,
    nodes: [],
    ...some,
  }
}

/** Names as people give them, and as nobody should. */
export const anyName = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '機械学習の実験',
    '\u001b[2J\u001b]0;title\u0007',
    'a\nb\tc\r',
    '🚀👩‍👩‍👧',
    '\u202egnp',
    'x'.repeat(5000),
  ),
)

const amount = fc.double({ min: 0, max: 1e12, noNaN: true })
const use = fc.record({ used: amount, capacity: amount })
const count = fc.nat(2_000_000)
const job = fc
  .record({
    name: anyName,
    node: anyName,
    attempt: fc.integer({ min: 1, max: 3 }),
    elapsedS: amount,
    remainingS: amount,
    overdue: fc.boolean(),
    ramGb: fc.option(amount),
    requestedRamGb: amount,
    gpus: fc.array(fc.nat(200), { maxLength: 20 }),
  })
  .map(aJob)
const gpu = fc.record({ id: fc.constantFrom('0', 'GPU-1', ''), name: anyName, share: use, ramGb: use })
const node = fc.record({
  name: anyName,
  threads: use,
  ramGb: use,
  gpus: fc.array(gpu, { maxLength: 12 }),
  resources: fc.dictionary(anyName, use, { maxKeys: 3 }),
})
const failure = fc
  .tuple(anyName, anyName)
  .map(([name, message]) => aFailure({ name, failure: { reason: 'error', message } }))

/** Whatever a run may look like. */
export const anyPicture: fc.Arbitrary<RunPicture> = fc.record({
  runDir: fc.option(anyName),
  startedAt: fc.constant(0),
  now: fc.constant(NOW),
  state: fc.constantFrom('ready', 'running', 'paused', 'draining', 'closing', 'ended'),
  stop: fc.option(
    fc.record({
      at: fc.constant(NOW),
      by: fc.option(anyName),
      killsAt: fc.option(fc.integer({ min: 0, max: 2 * NOW })),
    }),
  ),
  progress: fc.record({
    counts: fc.record({
      total: count,
      pending: count,
      running: count,
      retrying: count,
      succeeded: count,
      failed: count,
      cancelled: count,
    }),
    elapsedS: amount,
    remainingS: fc.option(amount),
    remainingIntervalS: fc.option(fc.tuple(amount, amount)),
    endsAt: fc.option(fc.integer({ min: NOW, max: 2 * NOW })),
    fraction: fc.double({ min: 0, max: 1, noNaN: true }),
    longest: fc.option(fc.record({ id: fc.constant('a'), name: anyName, remainingS: amount })),
  }),
  nodes: fc.array(node, { maxLength: 4 }),
  running: fc.array(job, { maxLength: 60 }),
  failures: fc.array(failure, { maxLength: 20 }),
})
