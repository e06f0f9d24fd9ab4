import { existsSync } from 'node:fs'
import { execa } from 'execa'
import { RAY_PYTHON, RayCluster } from '../../test/clusters/ray/cluster.ts'
import type { Cluster, Engine, Played } from './engine.ts'
import type { BenchJob } from './jobs.ts'

const NODE = { threads: 8, ramGb: 4, gpus: 4 }
const BY_RAY = new URL('./programs/by_ray.py', import.meta.url).pathname

/** Ray on this machine: three nodes of 8 CPUs and 4 GPUs, all pretended. */
export const ray: Engine = {
  name: 'ray',
  alone: 'Ray tasks',
  firstGoalS: 3,
  missing: async () => (existsSync(RAY_PYTHON) ? null : 'test/clusters/ray/install gets Ray'),
  async start() {
    const shape = { cpus: NODE.threads, gpus: NODE.gpus, ramGb: NODE.ramGb }
    const cluster = await RayCluster.start([shape, shape, shape])
    return {
      nodes: cluster.nodes.map(name => ({ name, ...NODE })),
      longshore: {
        args: [
          ...['--backend', 'ray', '--address', cluster.address, '--python', RAY_PYTHON],
          // Few real cores play many: what is measured on the nodes would be less.
          ...['--capacity', `threads=${NODE.threads},ramGb=${NODE.ramGb},gpuRamGb=8`],
        ],
        env: cluster.env,
      },
      alone: jobs => runByRay(cluster, jobs),
      stop: () => cluster.stop(),
    } satisfies Cluster
  },
}

/** The same requests as Ray tasks, the longest first: all are submitted, and Ray places them. */
async function runByRay({ address, env }: RayCluster, jobs: readonly BenchJob[]): Promise<Played> {
  const input = JSON.stringify(jobs.toSorted((a, b) => b.seconds - a.seconds))
  const startedAt = Date.now()
  const { stdout } = await execa({ env, input })`${RAY_PYTHON} ${BY_RAY} ${address}`
  const { first, last } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
    first: number
    last: number
  }
  return { firstS: first - startedAt / 1000, makespanS: last - startedAt / 1000 }
}
