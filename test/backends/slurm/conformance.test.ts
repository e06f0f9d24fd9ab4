import { it } from 'vitest'
import { SlurmCluster, slurmMissing } from '../../clusters/slurm/cluster.ts'
import { skipUnless } from '../../support/skip.ts'
import { type Cluster, conformance } from '../conformance.ts'

/** Few real cores play many, and no GPU is real. */
export const OPTIONS = { capacity: { threads: 8, ramGb: 1.5, gpuRamGb: 8 } }

async function start(): Promise<Cluster> {
  const cluster = await SlurmCluster.start({ nodes: 3 })
  const env = await cluster.allocate(3)
  return {
    backend: { module: new URL('./backend.ts', import.meta.url) },
    env,
    options: OPTIONS,
    nodes: cluster.nodes,
    async killNode(node) {
      await cluster.killNode(node)
      // SLURM would find out by itself, after its timeout.
      await cluster.call('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=no power')
    },
    freezeNode: async node => cluster.freezeNode(node),
    thawNode: async node => cluster.thawNode(node),
    stop: () => cluster.stop(),
  }
}

const missing = slurmMissing()
if (missing === null) conformance('slurm', { start, faults: ['frozen', 'lost'] })
else it('keeps what every backend has to keep', context => skipUnless(context, false, missing))
