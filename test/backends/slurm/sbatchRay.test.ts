import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { longshore, newFolder } from '../../cli/support/longshore.ts'
import { RAY_PYTHON, skipWithoutRay } from '../../clusters/ray/cluster.ts'
import { SlurmCluster, skipWithoutSlurm } from '../../clusters/slurm/cluster.ts'
import { processesOfNode } from '../../clusters/slurm/processes.ts'
import { until } from '../../clusters/slurm/until.ts'
import { linesOf } from '../support.ts'

it('longshore sbatch --ray starts Ray in the allocation, runs jobs on all of it, and leaves nothing', async context => {
  skipWithoutSlurm(context)
  skipWithoutRay(context)
  const cluster = await SlurmCluster.start({ nodes: 2, cpus: 2 })
  onTestFinished(() => cluster.stop())
  const cwd = newFolder()
  const command = 'echo $LONGSHORE_NODE $CUDA_VISIBLE_DEVICES; while [ ! -e go ]; do sleep 0.05; done'
  const job = { command, timeS: 5, threads: 2, gpus: 1 }
  // Not in what is left of five minutes.
  const jobs = [...['a', 'b'].map(id => ({ id, ...job })), { id: 'long', command: 'true', timeS: 3600 }]
  writeFileSync(join(cwd, 'jobs.jsonl'), jobs.map(one => `${JSON.stringify(one)}\n`).join(''))

  const env = { ...cluster.env, RAY_USAGE_STATS_ENABLED: '0' }
  const call = (...args: readonly string[]) => longshore(args, { cwd, env })
  const asked = ['--ray', '--chain', '--nodes', '2', '--time', '5', '--gpus-per-node', '2']
  const run = ['run', 'jobs.jsonl', '--run-dir', 'run', '--python', RAY_PYTHON, '--capacity', 'gpuRamGb=8']
  const { exitCode, stdout } = await call('sbatch', ...asked, '--', ...run)
  const runDir = join(cwd, 'run')
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `SLURM job 1\nrun folder ${runDir}` })

  await until(() => ['a', 'b'].every(id => linesOf(runDir, `logs/${id}.out`).length > 0))
  expect((await call('status', 'run')).stdout).toContain('jobs       3: 2 running, 1 waiting')
  expect((await cluster.call('squeue', '-h', '-o', '%i %T')).stdout).toBe('2 PENDING\n1 RUNNING')
  await cluster.call('scancel', '2')
  writeFileSync(join(cwd, 'go'), '')
  await until(async () => (await cluster.call('squeue', '-h')).stdout === '')

  const report = readFileSync(join(runDir, 'slurm-1.out'), 'utf8')
  expect(report).toContain('(the end of the allocation): 1 job not started')
  expect(report).toContain('jobs       3: 2 succeeded, 1 not run')
  const printed = ['a', 'b'].flatMap(id => linesOf(runDir, `logs/${id}.out`)).sort()
  expect(printed).toEqual([
    expect.stringMatching(/^127.0.0.11 [01]$/),
    expect.stringMatching(/^127.0.0.12 [01]$/),
  ])
  expect(readdirSync(join(runDir, 'ray')).sort()).toEqual(['n1.log', 'n2.log', 'token'])
  await until(() => cluster.nodes.every(node => processesOfNode(cluster.folder, node).length <= 1))
})
