import { withBasis } from '../estimate/basis.ts'
import { allFree, type Free } from './free.ts'
import type { Situation } from './policy.ts'
import type { Bucket } from './queue.ts'

/**
 * Seconds that the waiting work would take if it could be poured into the nodes like water: the largest, over the
 * resources, of demand × predicted time / capacity. A lower bound on how long the waiting jobs need.
 */
export function pendingAreaS(situation: Situation): number {
  const capacity = totals(situation.nodes.map(node => allFree(node.capacity)))
  const work = { threads: 0, ram: 0, share: 0, gpuRam: 0 }
  for (const bucket of situation.buckets) {
    const seconds = predictedTotalS(situation, bucket)
    const { threads, ram, gpus, gpuShare, gpuRam } = bucket.demand
    work.threads += seconds * threads
    work.ram += seconds * ram
    work.share += seconds * gpus * gpuShare
    work.gpuRam += seconds * gpus * gpuRam
  }
  return Math.max(
    ratio(work.threads, capacity.threads),
    ratio(work.ram, capacity.ram),
    ratio(work.share, capacity.share),
    ratio(work.gpuRam, capacity.gpuRam),
  )
}

/**
 * Predicted seconds of all jobs of a bucket together: their own estimates, stretched as that of a job is whose length is
 * usual for the work in it. Where predictions grow with a power of the estimate, that is right to the second order in
 * how far the power is from 1.
 */
export function predictedTotalS(situation: Pick<Situation, 'predict'>, bucket: Bucket): number {
  const longest = bucket.at(0)
  if (!longest) return 0
  const { usualTimeS: timeS, totalTimeS, size } = bucket
  if (!(timeS > 0)) return situation.predict(longest) * size
  return (situation.predict({ ...longest, job: withBasis(longest.job, timeS) }) / timeS) * totalTimeS
}

function totals(nodes: readonly Free[]): { threads: number; ram: number; share: number; gpuRam: number } {
  const sum = (of: (free: Free) => number) => nodes.reduce((total, free) => total + of(free), 0)
  return {
    threads: sum(free => free.threads),
    ram: sum(free => free.ram),
    share: sum(free => free.gpus.reduce((total, gpu) => total + gpu.share, 0)),
    gpuRam: sum(free => free.gpus.reduce((total, gpu) => total + gpu.ram, 0)),
  }
}

function ratio(work: number, capacity: number): number {
  return capacity > 0 ? work / capacity : 0
}
