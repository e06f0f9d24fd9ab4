import { RAY_PYTHON, RayCluster } from '../../clusters/ray/cluster.ts'
import type { Cluster } from '../conformance.ts'

const SHAPE = { cpus: 4, gpus: 2 }

/** A Ray cluster of three nodes for the tests of backends. */
export async function startRayCluster(): Promise<Cluster> {
  const ray = await RayCluster.start([SHAPE, SHAPE, SHAPE])
  return {
    backend: { module: new URL('./backend.ts', import.meta.url) },
    env: ray.env,
    options: {
      address: ray.address,
      python: RAY_PYTHON,
      capacity: { threads: 4, ramGb: 2, gpus: 2, gpuRamGb: 8 },
    },
    nodes: ray.nodes,
    killNode: async node => ray.kill(node),
    addNode: () => ray.add(SHAPE),
    freezeNode: async node => ray.freeze(node),
    thawNode: async node => ray.thaw(node),
    stop: () => ray.stop(),
  }
}
