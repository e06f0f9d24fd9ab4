import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest'
import { SlurmCluster, skipWithoutSlurm } from './cluster.ts'
import { processesOfCluster, processesOfNode } from './processes.ts'
import { until } from './until.ts'

async function startCluster(context: TestContext): Promise<SlurmCluster> {
  skipWithoutSlurm(context)
  const cluster = await SlurmCluster.start()
  onTestFinished(() => cluster.stop())
  return cluster
}

/** A step on one node, as a backend would start it. */
function step(node: string, job: Record<string, string>): string[] {
  const how = ['--overlap', '-N1', '-n1', '--mem=0', '--input=none', '--quiet']
  return [`--jobid=${job['SLURM_JOB_ID']}`, '-w', node, ...how]
}

/** Each state once that processes are in, as /proc names it: `T` is stopped. */
function statesOf(pids: readonly number[]): string[] {
  const states = pids.map(pid => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) (\S).*$/s, '$1'))
  return [...new Set(states)]
}

describe('the SLURM cluster of the tests', () => {
  it('runs steps on each node of an allocation, with the GPUs that they ask for', async context => {
    const cluster = await startCluster(context)
    const job = await cluster.allocate(4)
    const said = await Promise.all(
      cluster.nodes.map(node =>
        cluster.call(
          'srun',
          ...step(node, job),
          '--gres=gpu:2',
          'sh',
          '-c',
          'echo $SLURMD_NODENAME $CUDA_VISIBLE_DEVICES; exit 3',
        ),
      ),
    )
    expect(said.map(({ stdout, exitCode }) => [stdout, exitCode])).toEqual(
      cluster.nodes.map(node => [`${node} 0,1`, 3]),
    )
  })

  it('can lose a node, its daemon or its controller, and get them back', async context => {
    const cluster = await startCluster(context)
    const job = await cluster.allocate(4)
    const lost = cluster.nodes.slice(0, 3)
    for (const node of lost) void cluster.call('srun', ...step(node, job), '--gres=none', 'sleep', '300')
    const ran = (node: string) => until(() => processesOfNode(cluster.folder, node).length > 2)
    await Promise.all(lost.map(ran))

    await cluster.killNode('n1')
    expect(processesOfNode(cluster.folder, 'n1')).toEqual([])
    await cluster.killSlurmd('n2')
    expect(processesOfNode(cluster.folder, 'n2').length).toBeGreaterThan(0)
    cluster.freezeNode('n3')
    expect(statesOf(processesOfNode(cluster.folder, 'n3'))).toEqual(['T'])
    cluster.thawNode('n3')
    await cluster.restartController()
    await Promise.all(['n1', 'n2'].map(node => cluster.startNode(node)))
  })

  it('leaves nothing behind, and does not meet another one', async context => {
    const [one, other] = await Promise.all([startCluster(context), startCluster(context)])
    expect(one?.folder).not.toBe(other?.folder)
    await one?.stop()
    expect(processesOfCluster(one?.folder ?? '')).toEqual([])
    expect(existsSync(one?.folder ?? '')).toBe(false)
    expect(await other?.stateOf('n4')).toBe('idle')
  })
})
