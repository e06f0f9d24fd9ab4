import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { longshore, newFolder } from '../../cli/support/longshore.ts'
import { SlurmCluster, skipWithoutSlurm, slurmMissing } from '../../clusters/slurm/cluster.ts'
import { until } from '../../clusters/slurm/until.ts'
import { linesOf } from '../support.ts'

let cluster: SlurmCluster
beforeAll(async () => {
  if (slurmMissing() === null) cluster = await SlurmCluster.start({ nodes: 1 })
})
afterAll(() => cluster?.stop())
beforeEach(skipWithoutSlurm)

function folderWith(jobs: readonly object[]): string {
  const cwd = newFolder()
  writeFileSync(join(cwd, 'jobs.jsonl'), jobs.map(job => `${JSON.stringify(job)}\n`).join(''))
  return cwd
}

const queue = async () =>
  (await cluster.call('squeue', '-h', '-o', '%i %T')).stdout.split('\n').filter(Boolean)

describe('longshore sbatch', () => {
  it('runs jobs in one allocation after the other, until all is done, and they can be followed', async () => {
    const cwd = folderWith([
      { id: 'short', command: 'while [ ! -e go ]; do sleep 0.05; done', timeS: 5 },
      // Not in what is left of a minute.
      { id: 'long', command: 'echo $SLURM_JOB_ID', timeS: 55 },
    ])
    const call = (...args: readonly string[]) => longshore(args, { cwd, env: cluster.env })
    const args = ['--nodes', '1', '--time', '1', '--chain', '--', 'run', 'jobs.jsonl', '--run-dir', 'run']
    const { exitCode, stdout, stderr } = await call('sbatch', ...args)
    const runDir = join(cwd, 'run')
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `SLURM job 1\nrun folder ${runDir}` })
    expect(stderr).toBe(`Follow it: longshore status ${runDir} or squeue --job 1. End it: scancel 1`)

    await until(async () => (await call('status', 'run')).stdout.includes('running    short'))
    expect(await queue()).toEqual(['2 PENDING', '1 RUNNING'])
    await cluster.call('scontrol', 'update', 'jobid=2', 'TimeLimit=10')
    writeFileSync(join(cwd, 'go'), '')
    await until(async () => (await queue()).length === 0)

    const said = (job: number) => readFileSync(join(runDir, `slurm-${job}.out`), 'utf8')
    expect(said(1)).toContain('(the end of the allocation): 1 job not started')
    expect(said(1)).toContain(`1 job would not have ended before the deadline: longshore resume ${runDir}`)
    expect(said(2)).toContain('jobs       2: 2 succeeded')
    expect(linesOf(runDir, 'logs/long.out')).toEqual(['2'])
    expect(existsSync(join(runDir, 'slurm-3.out'))).toBe(false)
  })

  it('ends the chain where no job fits into an allocation', async () => {
    const cwd = folderWith([{ command: 'true', timeS: 3600 }])
    const args = ['sbatch', '--time', '1', '--chain', '--', 'run', 'jobs.jsonl', '--run-dir', 'run']
    const { stdout } = await longshore(args, { cwd, env: cluster.env })
    const [, id] = /^SLURM job (\d+)/.exec(stdout) ?? []
    await until(async () => (await queue()).length === 0)
    expect(readFileSync(join(cwd, 'run', `slurm-${id}.out`), 'utf8')).toContain(
      'No job that is left fits into an allocation of this length: ask for more --time. The chain ends.',
    )
  })

  it.each([
    [['--partition', 'none'], /^sbatch: SLURM refuses the job: .*partition.* sinfo lists the partitions/],
    [
      ['--gpus-per-node', '9'],
      /^sbatch: SLURM refuses the job: .*No node of that partition has so much: sinfo /,
    ],
  ])('says what SLURM refuses, and leaves nothing: %j', async (options, message) => {
    const cwd = folderWith([{ command: 'true' }])
    const args = ['sbatch', ...options, '--', 'run', 'jobs.jsonl']
    const { exitCode, stderr } = await longshore(args, { cwd, env: cluster.env })
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(message)
    expect(existsSync(join(cwd, 'longshore-runs'))).toBe(false)
  })

  it('is what somebody is sent to who asks for SLURM outside of an allocation', async () => {
    const cwd = folderWith([{ command: 'true' }])
    const { exitCode, stderr } = await longshore(['run', '--backend', 'slurm', 'jobs.jsonl'], {
      cwd,
      env: cluster.env,
    })
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/not in one \(SLURM_JOB_ID is not set\)\. Either\n {2}longshore sbatch /)
  })
})
