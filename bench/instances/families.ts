import type { InstanceJob, InstanceNode } from './instance.ts'

/** A source of numbers in [0, 1). */
export type Random = () => number

export type Shape = Pick<InstanceJob, 'threads' | 'ramGb' | 'gpus' | 'gpuShare' | 'gpuRamGb'>

/** A family of workloads: where it runs, what its groups ask for, how long its jobs take. */
export interface Family {
  nodes(jobs: number, random: Random): InstanceNode[]
  /** What a job of a group asks for: chosen once for a group, then varied by the job. */
  group(random: Random): (random: Random) => Shape
  /** Median seconds of a group's jobs, and how they vary. */
  seconds(random: Random): (random: Random) => number
  /** Jobs of a group on average. */
  readonly groupSize: number
}

/** A draw from the standard normal distribution (G. E. P. Box, M. E. Muller, Ann. Math. Stat. 29, 1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

export function choose<T>(random: Random, ...of: readonly [T, ...T[]]): T {
  return of[Math.floor(random() * of.length)] ?? of[0]
}

const GPU_SMALL = { threads: 32, ramGb: 128, gpus: 4, gpuRamGb: 24 }
const GPU_LARGE = { threads: 64, ramGb: 512, gpus: 8, gpuRamGb: 40 }
const GPU_HUGE = { threads: 96, ramGb: 768, gpus: 8, gpuRamGb: 80 }
const CPU_SMALL = { threads: 32, ramGb: 128, gpus: 0, gpuRamGb: 0 }
const CPU_LARGE = { threads: 64, ramGb: 256, gpus: 0, gpuRamGb: 0 }

/** As in clusters that have grown: a large GPU node, one of few GPUs, one of none. */
const MIXED_TRIO = [
  { threads: 96, ramGb: 384, gpus: 8, gpuRamGb: 40 },
  { threads: 104, ramGb: 512, gpus: 2, gpuRamGb: 40 },
  { threads: 96, ramGb: 512, gpus: 0, gpuRamGb: 0 },
]

const DAY_S = 86_400

/** So many that each has one to four hundred jobs. */
const several =
  (...kinds: readonly [InstanceNode, ...InstanceNode[]]): Family['nodes'] =>
  (jobs, random) => {
    const each = choose(random, ...kinds)
    const number = jobs < 200 ? 1 : choose(random, 1, 2, 4, 8)
    return Array.from({ length: number }, () => each)
  }

const GPU_NODES = several(GPU_SMALL, GPU_LARGE)
const CPU_NODES = several(CPU_SMALL)

const onCpus = (threads: number, ramGb: number): Shape => ({
  threads,
  ramGb,
  gpus: 0,
  gpuShare: 0,
  gpuRamGb: 0,
})

const onGpus = (gpus: number, gpuShare: number, threads: number, random: Random): Shape => ({
  ...{ threads, ramGb: choose(random, 4, 8, 16, 32), gpus, gpuShare },
  gpuRamGb: Math.floor(gpuShare * choose(random, 8, 16, 22)),
})

/** A third of the groups on CPUs, the others on so many GPUs or such a share of one. */
const mixed =
  (
    ...kinds: readonly [readonly [gpus: number, share: number], ...(readonly [number, number])[]]
  ): Family['group'] =>
  random => {
    const [gpus, share] = choose(random, ...kinds)
    const ramGb = choose(random, 4, 8, 16, 32)
    return random() < 0.33
      ? job => onCpus(choose(job, 1, 2, 4, 8), ramGb)
      : job => onGpus(gpus, share, choose(job, 1, 2, 4, 8), job)
  }

const logNormal =
  (median: number, sd: number): Family['seconds'] =>
  () =>
  random =>
    Math.max(1, median * Math.exp(sd * normal(random)))

/** Families of generated workloads; durations in seconds. */
export const FAMILIES: Readonly<Record<string, Family>> = {
  uniform: {
    nodes: GPU_NODES,
    group: mixed([1, 1], [2, 1]),
    seconds: () => random => 10 + 590 * random(),
    groupSize: 60,
  },
  lognormal: {
    nodes: GPU_NODES,
    group: mixed([1, 1], [1, 1], [2, 1], [4, 1]),
    seconds: logNormal(60, 1),
    groupSize: 60,
  },
  bimodal: {
    nodes: GPU_NODES,
    group: mixed([1, 1], [2, 1]),
    seconds: group => {
      const isLong = group() < 0.2
      return random => (isLong ? 600 + 1800 * random() : 10 + 50 * random())
    },
    groupSize: 100,
  },
  widegpu: {
    nodes: GPU_NODES,
    group: mixed([1, 1], [1, 1], [1, 1], [2, 1], [4, 1]),
    seconds: logNormal(60, 1.2),
    groupSize: 80,
  },
  rambound: {
    nodes: CPU_NODES,
    group: group => {
      const isLarge = group() < 0.7
      return random =>
        isLarge
          ? onCpus(choose(random, 1, 2, 4), choose(random, 24, 32, 48, 72))
          : onCpus(choose(random, 6, 12, 18), choose(random, 2, 4, 8))
    },
    seconds: logNormal(100, 0.8),
    groupSize: 80,
  },
  gpufrac: {
    nodes: GPU_NODES,
    group: mixed([1, 0.25], [1, 0.25], [1, 0.5], [1, 0.6], [1, 1]),
    seconds: logNormal(100, 1),
    groupSize: 80,
  },
  hetero: {
    nodes: jobs =>
      jobs < 200 ? [GPU_SMALL, CPU_LARGE] : [GPU_HUGE, GPU_HUGE, GPU_SMALL, GPU_SMALL, CPU_LARGE, CPU_LARGE],
    group: mixed([1, 1], [1, 0.5], [2, 1], [4, 1]),
    seconds: logNormal(100, 1.1),
    groupSize: 70,
  },
  cpuonly: {
    nodes: CPU_NODES,
    group: group => {
      const least = choose(group, 1, 1, 2, 4)
      const ramGb = choose(group, 2, 4, 8)
      return random => onCpus(least * choose(random, 1, 1, 2, 8), ramGb)
    },
    seconds: logNormal(60, 1.5),
    groupSize: 150,
  },
  cpugpu: {
    nodes: GPU_NODES,
    group: group => {
      const usesGpu = group() < 0.5
      const share = choose(group, 0.5, 1)
      return random =>
        usesGpu ? onGpus(1, share, choose(random, 1, 2, 4), random) : onCpus(choose(random, 8, 16, 24), 16)
    },
    seconds: logNormal(110, 0.9),
    groupSize: 100,
  },
  wholenode: {
    nodes: GPU_NODES,
    group: group => {
      const threads = choose(group, 1, 1, 2, 4)
      const kind = group()
      if (kind < 0.2) return () => onCpus(24, 64)
      return random => (kind < 0.6 ? onGpus(1, 1, threads, random) : onCpus(threads, choose(random, 4, 16)))
    },
    seconds: logNormal(100, 0.9),
    groupSize: 70,
  },
  hpo: {
    nodes: several(GPU_LARGE),
    group: group => {
      const shape = mixed([1, 1], [1, 0.25], [1, 0.5])(group)(group)
      return () => shape
    },
    seconds: group => {
      const median = 80 * Math.exp(normal(group))
      return random => Math.max(1, median * Math.exp(0.6 * normal(random)))
    },
    groupSize: 50,
  },
  heavytail: {
    nodes: jobs => Array.from({ length: Math.max(1, Math.round(jobs / 500)) }, () => MIXED_TRIO).flat(),
    group: group => {
      const kind = group()
      if (kind < 0.25)
        return random => onCpus(choose(random, 4, 8, 10, 12.5, 16.5, 32), choose(random, 8, 16, 32))
      if (kind < 0.3) return random => onGpus(choose(random, 2, 4, 8), 1, 64, random)
      const share = choose(group, 0.16, 0.32, 0.48, 0.81)
      return random => onGpus(1, choose(random, share, share, 1), choose(random, 1, 4, 8, 12, 15.5), random)
    },
    seconds: group => {
      const [median, sd] = [400 * Math.exp(0.6 * normal(group)), 1.2 + 0.7 * group()]
      return random => Math.min(DAY_S, Math.max(5, median * Math.exp(sd * normal(random))))
    },
    groupSize: 90,
  },
}
