import { randomOf } from '../../src/simulator/random.ts'

/** A job of the bench: it holds what it asks for and does nothing, so that few real cores can play many nodes. */
export interface BenchJob {
  readonly id: string
  readonly seconds: number
  readonly threads: number
  readonly ramGb: number
  readonly gpus: number
  /** Of each GPU. */
  readonly gpuShare: number
}

const COUNT = 500
const SEED = 20_261_123

/**
 * 500 jobs of mixed length and size, always the same: most are short and small, a few long or wide; a third use a GPU,
 * most of these a quarter or half of it. On four nodes with 8 threads, 3.9 GiB and 4 GPUs no schedule takes less than
 * about half a minute.
 */
export function mixedJobs(): BenchJob[] {
  return Array.from({ length: COUNT }, (_, i) => jobAt(i))
}

/** So many jobs that do nothing. */
export const NOOPS = 2000

/** Jobs that do nothing, to see what a job costs. */
export function noops(): BenchJob[] {
  return Array.from({ length: NOOPS }, (_, i) => ({
    id: `n${i}`,
    seconds: 0,
    threads: 1,
    ramGb: 0,
    gpus: 0,
    gpuShare: 1,
  }))
}

function jobAt(i: number): BenchJob {
  const draw = (what: string) => randomOf(SEED, i, what)
  const usesGpu = draw('gpu') < 1 / 3
  // Log-normal by the sum of uniforms: half of them below 1 s, the longest about 8 s.
  const spread = draw('a') + draw('b') + draw('c') + draw('d') - 2
  return {
    id: `j${i}`,
    seconds: Number(Math.exp(0.1 + 1.1 * spread).toFixed(2)),
    threads: pick([1, 1, 1, 2, 2, 4], draw('threads')),
    ramGb: pick([0.1, 0.2, 0.2, 0.4, 0.8], draw('ram')),
    gpus: usesGpu ? pick([1, 1, 1, 2], draw('gpus')) : 0,
    gpuShare: usesGpu ? pick([0.25, 0.25, 0.5, 1], draw('share')) : 1,
  }
}

function pick<T>(values: readonly [T, ...T[]], draw: number): T {
  return values[Math.floor(draw * values.length)] ?? values[0]
}
