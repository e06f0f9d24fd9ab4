import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Demand, Supply } from '../../src/machines/bounds.ts'
import {
  expectedLeft,
  isOverdue,
  type PendingBucket,
  type RemainingInput,
  type RunningWork,
  remainingTime,
} from '../../src/machines/eta.ts'
import { residualS, SPREAD } from '../../src/machines/residual.ts'

const NOTHING: Demand = { threads: 0, ramGb: 0, gpus: 0, gpuShare: 1, gpuRamGb: 0, resources: {} }
const NOW = 1_700_000_000_000

function demand(some: Partial<Demand>): Demand {
  return { ...NOTHING, threads: 1, ...some }
}

function running(elapsedS: number, predictedS: number, some: Partial<RunningWork> = {}): RunningWork {
  const id = `r${elapsedS}/${predictedS}`
  const startedAt = NOW - elapsedS * 1000
  return { id, name: id, group: 'g', startedAt, predictedS, progress: null, demand: demand({}), ...some }
}

function bucket(times: readonly number[], some: Partial<Demand> = {}, group = 'g'): PendingBucket {
  const predictedS = Math.max(...times)
  const sumS = times.reduce((sum, time) => sum + time, 0)
  return {
    group,
    count: times.length,
    sumS,
    longest: { id: 'p', name: 'p', predictedS },
    demand: demand(some),
  }
}

function times(count: number, seconds: number): number[] {
  return Array.from({ length: count }, () => seconds)
}

const FOUR: Supply = { threads: 4, ramGb: 16, gpuRamGb: [24, 24], resources: { license: 2 } }

function remaining(some: Partial<RemainingInput>): ReturnType<typeof remainingTime> {
  return remainingTime({ running: [], pending: [], supply: FOUR, now: NOW, ...some })
}

describe('the remaining time in simple cases', () => {
  test.for<[string, PendingBucket[], number, string]>([
    ['no jobs', [], 0, 'longest job'],
    ['one job', [bucket([10])], 10, 'longest job'],
    ['8 jobs on 4 threads', [bucket(times(8, 10))], 20, 'threads'],
    ['9 jobs on 4 threads: a third wave of one', [bucket(times(9, 10))], 30, 'waves'],
    ['many short jobs beside a long one', [bucket([100, ...times(20, 1)])], 100, 'longest job'],
    ['fractions of threads', [bucket(times(80, 1), { threads: 0.1 })], 2, 'threads'],
    ['3 threads each: one at a time', [bucket(times(4, 10), { threads: 3 })], 40, 'waves'],
    ['8 GiB each: two at a time', [bucket(times(4, 10), { ramGb: 8 })], 20, 'RAM'],
    ['one GPU each', [bucket(times(4, 10), { gpus: 1 })], 20, 'GPU share'],
    [
      'a quarter of a GPU each',
      [bucket(times(16, 10), { threads: 0.5, gpus: 1, gpuShare: 0.25 })],
      20,
      'threads',
    ],
    ['0.6 of a GPU each: no two on one', [bucket(times(4, 10), { gpus: 1, gpuShare: 0.6 })], 20, 'waves'],
    [
      '13 of 24 GiB of a GPU each',
      [bucket(times(4, 10), { gpus: 1, gpuShare: 0.1, gpuRamGb: 13 })],
      20,
      'waves',
    ],
    ['both GPUs each', [bucket(times(4, 10), { gpus: 2 })], 40, 'GPU share'],
    ['an own resource', [bucket(times(6, 10), { resources: { license: 1 } })], 30, 'license'],
    [
      'a resource that is not there',
      [bucket([1], { resources: { tape: 1 } })],
      Number.POSITIVE_INFINITY,
      'tape',
    ],
    ['two groups add up', [bucket(times(4, 10)), bucket(times(4, 20), {}, 'h')], 30, 'threads'],
  ])('%s', ([, pending, seconds, by]) => {
    const got = remaining({ pending })
    expect(got.remainingS).toBeCloseTo(seconds, 9)
    expect(got.by).toBe(by)
  })

  test('running jobs count with what they have left, and share waves with the pending ones', () => {
    const started = times(4, 0).map((_, i) => running(0, 10, { id: `r${i}` }))
    expect(remaining({ running: started }).remainingS).toBe(10)
    expect(remaining({ running: started, pending: [bucket(times(5, 10))] }).remainingS).toBeCloseTo(30)
  })

  test('the longest job is named, running or pending', () => {
    const pending = [bucket([5, 7])]
    expect(remaining({ running: [running(0, 6)], pending }).longest).toMatchObject({ id: 'p', remainingS: 7 })
    expect(remaining({ running: [running(0, 8)], pending }).longest).toMatchObject({
      id: 'r0/8',
      remainingS: 8,
    })
    expect(remaining({}).longest).toBeNull()
  })

  test('a job that told its progress is judged by that', () => {
    expect(expectedLeft(running(50, 60, { progress: 0.5 }), NOW)).toBe(50)
    expect(expectedLeft(running(300, 60, { progress: 0.25 }), NOW)).toBe(900)
    expect(expectedLeft(running(10, 100, { progress: 0 }), NOW)).toBe(expectedLeft(running(10, 100), NOW))
    expect(expectedLeft(running(100, 100, { progress: 1 }), NOW)).toBeGreaterThan(0)
  })
})

describe('the expected rest of a running job', () => {
  test('is the whole prediction at the start, and more than half of the spread once overdue', () => {
    expect(residualS(0, 60)).toBe(60)
    expect(residualS(1, 60)).toBeCloseTo(59, 1)
    for (const elapsed of [60, 90, 600, 6e4, 6e9]) expect(residualS(elapsed, 60)).toBeGreaterThan(25)
    expect(isOverdue(running(61, 60), NOW)).toBe(true)
    expect(isOverdue(running(59, 60), NOW)).toBe(false)
  })

  test('agrees with the mean over a fine grid of log-normal durations', () => {
    for (const elapsed of [0.2, 0.5, 0.9, 1, 1.5, 3]) {
      expect(residualS(elapsed, 1)).toBeCloseTo(meanRestOverGrid(elapsed), 3)
    }
  })

  test('grows without end with the time that a job is overdue', () => {
    const rests = [1.5, 2, 3, 5, 10, 100, 1e4, 1e8].map(elapsed => residualS(elapsed, 1))
    expect(rests).toEqual(rests.toSorted((a, b) => a - b))
  })
})

/** E[T - t | T > t] by plain summation over quantiles of log T. */
function meanRestOverGrid(t: number): number {
  let [mass, rest] = [0, 0]
  for (let z = -9; z < 9; z += 1e-4) {
    const total = Math.exp(SPREAD * z - (SPREAD * SPREAD) / 2)
    if (total <= t) continue
    const weight = Math.exp((-z * z) / 2)
    mass += weight
    rest += weight * (total - t)
  }
  return rest / mass
}

const positive = fc.double({ min: 0.01, max: 1e5, noNaN: true })
const demands = fc.record({
  threads: fc.constantFrom(0.1, 1, 3, 4),
  ramGb: fc.constantFrom(0, 1, 7, 16),
  gpus: fc.constantFrom(0, 1, 2),
  gpuShare: fc.constantFrom(0.1, 0.6, 1),
  gpuRamGb: fc.constantFrom(0, 13, 24),
  resources: fc.constantFrom({}, { license: 1 }),
})
const buckets = fc
  .tuple(fc.array(positive, { minLength: 1, maxLength: 6 }), demands, fc.constantFrom('g', 'h'))
  .map(([seconds, wants, group]) => bucket(seconds, wants, group))
const works = fc
  .tuple(
    fc.double({ min: 0, max: 1e5, noNaN: true }),
    positive,
    demands,
    fc.option(fc.double({ min: 0, max: 1 })),
  )
  .map(([elapsed, predicted, wants, progress]) => running(elapsed, predicted, { demand: wants, progress }))
const inputs = fc.record({
  running: fc.uniqueArray(works, { maxLength: 5, selector: work => work.id }),
  pending: fc.array(buckets, { maxLength: 5 }),
})

function stretched(input: Pick<RemainingInput, 'running' | 'pending'>, k: number): Partial<RemainingInput> {
  return {
    running: [...input.running].map(work => ({
      ...work,
      startedAt: NOW - (NOW - work.startedAt) * k,
      predictedS: work.predictedS * k,
    })),
    pending: [...input.pending].map(it => ({
      ...it,
      sumS: it.sumS * k,
      longest: { ...it.longest, predictedS: it.longest.predictedS * k },
    })),
  }
}

describe('the remaining time of whatever jobs', () => {
  test('is never below the longest job that is left, and above 0 while there is one', () => {
    fc.assert(
      fc.property(inputs, input => {
        const { remainingS, longest, ofRunning } = remaining(input)
        expect(remainingS).toBeGreaterThanOrEqual(longest?.remainingS ?? 0)
        if (longest) expect(longest.remainingS).toBeGreaterThan(0)
        for (const rest of ofRunning.values()) expect(rest).toBeGreaterThan(0)
      }),
    )
  })

  test('is never lengthened by more capacity', () => {
    const more = fc.record({
      threads: fc.nat(9),
      ramGb: fc.nat(50),
      gpus: fc.array(fc.nat(80), { maxLength: 3 }),
    })
    fc.assert(
      fc.property(inputs, more, fc.nat(3), (input, { threads, ramGb, gpus }, license) => {
        const supply = {
          threads: 4 + threads,
          ramGb: 16 + ramGb,
          gpuRamGb: [...FOUR.gpuRamGb, ...gpus],
          resources: { license: 2 + license },
        }
        const [small, large] = [remaining(input).remainingS, remaining({ ...input, supply }).remainingS]
        expect(large).toBeLessThanOrEqual(small * (1 + 1e-9))
      }),
    )
  })

  test('scales with all times', () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom(0.5, 3, 60), (input, k) => {
        const [one, many] = [remaining(input).remainingS, remaining(stretched(input, k)).remainingS]
        expect(Math.abs(many - k * one)).toBeLessThanOrEqual(1e-5 * k * one + 1e-6)
      }),
    )
  })

  test('is never raised by the end of a job that was not the yardstick of its group', () => {
    const apart = inputs.map(({ running: works, pending }) => ({
      running: works.map(work => ({ ...work, group: 'other' })),
      pending,
    }))
    fc.assert(
      fc.property(apart, input => {
        const fewer = { ...input, running: input.running.slice(1) }
        expect(remaining(fewer).remainingS).toBeLessThanOrEqual(remaining(input).remainingS * (1 + 1e-9))
      }),
    )
  })

  test('is raised by the end of a job at most as far as the rest of its group is overdue', () => {
    fc.assert(
      fc.property(inputs, input => {
        const rest = input.running.slice(1)
        const worst = Math.max(
          1,
          ...rest.map(work => {
            const elapsed = (NOW - work.startedAt) / 1000
            return (elapsed + residualS(elapsed, work.predictedS)) / work.predictedS
          }),
        )
        const before = remaining(input).remainingS
        expect(remaining({ ...input, running: rest }).remainingS).toBeLessThanOrEqual(
          before * worst * (1 + 1e-9),
        )
      }),
    )
  })
})
