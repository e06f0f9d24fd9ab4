import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, type TestContext } from 'vitest'
import { createSlurmBackend } from '../../../src/backends/slurm/backend.ts'
import { createScheduler, type Scheduler } from '../../../src/index.ts'
import { SlurmCluster, skipWithoutSlurm } from '../../clusters/slurm/cluster.ts'
import { processesOfNode } from '../../clusters/slurm/processes.ts'
import { until as untilSo } from '../../clusters/slurm/until.ts'
import { logged, temporaryFolderOfTest, until } from '../conformance.ts'
import { events, linesOf, startProcess } from '../support.ts'

/** What one test has for itself: they run at the same time, since most of theirs is waiting for SLURM. */
interface Desk {
  readonly cluster: SlurmCluster
  readonly allocation: Readonly<Record<string, string>>
  readonly folder: string
  /** A scheduler in the allocation, with two jobs that fill a node each until a file `go` is there. */
  open(command?: (id: string) => string): Promise<{ scheduler: Scheduler; seen: ReturnType<typeof events> }>
  go(): void
  /** Cancels the step that an agent runs in. */
  cancelStepOn(node: string): Promise<void>
}

async function desk(context: TestContext): Promise<Desk> {
  skipWithoutSlurm(context)
  const folder = temporaryFolderOfTest(context)
  const cluster = await SlurmCluster.start({ nodes: 2 })
  context.onTestFinished(() => cluster.stop())
  const allocation = await cluster.allocate(2)
  const waits = (id: string) => logged(id, until(folder, 'go'), folder)
  return {
    cluster,
    allocation,
    folder,
    async open(command = waits) {
      const environment = { ...process.env, ...allocation }
      const times = { silenceS: 2, leaseS: 3, lookEveryS: 1, longestWaitS: 0 }
      const scheduler = await createScheduler({
        capacity: { threads: 8, ramGb: 1.5 },
        history: false,
        graceS: 1,
        runDir: join(folder, 'run'),
        backend: createSlurmBackend({ environment, ...times }),
      })
      scheduler.add(['a', 'b'].map(id => ({ id, threads: 8, command: command(id) })))
      return { scheduler, seen: events(scheduler) }
    },
    go: () => writeFileSync(join(folder, 'go'), ''),
    async cancelStepOn(node) {
      const { stdout } = await cluster.call('squeue', '--steps', '-h', '-o', '%i %N')
      const step = stdout.split('\n').find(line => line.endsWith(` ${node}`))
      await cluster.call('scancel', step?.split(' ')[0] ?? '')
    },
  }
}

/** Whether a process is a job of these tests. */
function isShell(pid: number): boolean {
  return commandLineOf(pid).startsWith('/bin/sh\0-c')
}

/** Nothing for one that is gone. */
function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

describe.concurrent('in an allocation of SLURM', () => {
  it('a cancelled step costs no node: its job is run again, and counts no failure', async context => {
    const { folder, open, go, cancelStepOn } = await desk(context)
    const { scheduler, seen } = await open()
    await using _ = scheduler
    const report = scheduler.run()
    await seen.started(2)
    const node = seen.nodeOf('a')
    await cancelStepOn(node)
    await seen.warned(`${node} is heard of again`)
    go()
    expect((await report).outcomes).toMatchObject([
      { status: 'succeeded', attempts: 1 },
      { status: 'succeeded', attempts: 1 },
    ])
    const ends = linesOf(folder, 'log').filter(line => line.startsWith('end'))
    expect(ends.sort()).toEqual(['end a', 'end b'])
  })

  it('a step whose slurmstepd is killed is started again: no job fails, and none comes to its end twice', async context => {
    const { cluster, folder, open, go } = await desk(context)
    const { scheduler, seen } = await open()
    await using _ = scheduler
    const report = scheduler.run()
    await seen.started(2)
    const node = seen.nodeOf('a')
    const carries = (pid: number) => commandLineOf(pid).startsWith('slurmstepd:')
    const carriers = processesOfNode(cluster.folder, node).filter(carries)
    expect(carriers.length).toBeGreaterThan(0)
    for (const pid of carriers) process.kill(pid, 'SIGKILL')
    await seen.warned(`${node} is heard of again`)
    go()
    expect((await report).counts).toMatchObject({ succeeded: 2, failed: 0 })
    const ends = linesOf(folder, 'log').filter(line => line.startsWith('end'))
    expect(ends.sort()).toEqual(['end a', 'end b'])
  })

  it('a step that is cancelled while the controller is away is started again when it is back', async context => {
    const { cluster, open, go, cancelStepOn } = await desk(context)
    const { scheduler, seen } = await open()
    await using _ = scheduler
    const report = scheduler.run()
    await seen.started(2)
    const node = seen.nodeOf('a')
    await cancelStepOn(node)
    await cluster.killController()
    await seen.warned(`nothing is heard of ${node}`)
    await cluster.startController()
    await seen.warned(`${node} is heard of again`)
    go()
    expect((await report).counts).toMatchObject({ succeeded: 2, failed: 0 })
  })

  it('a node that is taken out of it is given up, and its job runs elsewhere', async context => {
    const { cluster, allocation, open, go } = await desk(context)
    const { scheduler, seen } = await open()
    await using _ = scheduler
    const report = scheduler.run()
    await seen.started(2)
    const [lost, kept] = ['a', 'b'].map(id => seen.nodeOf(id))
    const job = `jobid=${allocation['SLURM_JOB_ID']}`
    await cluster.call('scontrol', 'update', job, `NodeList=${kept}`)
    await seen.warned(`${lost} is lost (it is no longer in allocation`)
    go()
    const { outcomes } = await report
    expect(outcomes.map(({ status, node }) => [status, node])).toEqual([
      ['succeeded', kept],
      ['succeeded', kept],
    ])
  })

  it('a node that answers only later is used from then on', async context => {
    const { cluster, open, go } = await desk(context)
    await cluster.killSlurmd('n1')
    const { scheduler, seen } = await open()
    await using _ = scheduler
    const report = scheduler.run()
    await seen.started(1)
    await cluster.startNode('n1')
    await seen.started(2)
    expect(['a', 'b'].map(id => seen.nodeOf(id)).sort()).toEqual(['n1', 'n2'])
    go()
    expect((await report).counts).toMatchObject({ succeeded: 2 })
  })

  it('a node whose daemon has died is given up when its agent has ended: nothing runs twice at once', async context => {
    const { cluster, folder, open, go } = await desk(context)
    const { scheduler, seen } = await open(
      id => `flock --nonblock ${folder}/${id} sh -c '${until(folder, 'go')}'`,
    )
    await using _ = scheduler
    const report = scheduler.run()
    await seen.started(2)
    const node = seen.nodeOf('a')
    await cluster.killSlurmd(node)
    await cluster.call('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=no daemon')
    await seen.warned(`${node} is lost (SLURM has given it up (DOWN`)
    go()
    expect((await report).counts).toMatchObject({ succeeded: 2, failed: 0 })
  })

  it('a node that is given up while no scheduler is there is fenced before its jobs are run again', async context => {
    const { cluster, folder, allocation, go } = await desk(context)
    const run = {
      backend: { module: new URL('./backend.ts', import.meta.url) },
      options: { capacity: { threads: 8, ramGb: 1.5 } },
      runDir: join(folder, 'run'),
      env: allocation,
    }
    const lock = `exec 9> ${folder}/lock; flock --nonblock 9 || exit 1`
    const command = `${lock}; ${logged('$LONGSHORE_NODE', until(folder, 'go'), folder)}`
    const killed = startProcess({ ...run, jobs: [{ id: 'a', command }] }, context)
    await untilSo(() => linesOf(folder, 'log').length === 1)
    await killed.kill()
    const node = linesOf(folder, 'log')[0]?.split(' ')[1] ?? ''
    await cluster.killSlurmd(node)
    await cluster.call('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=no daemon')
    const next = startProcess({ ...run, jobs: [], resume: true }, context)
    await untilSo(() => linesOf(folder, 'log').length === 2)
    go()
    expect(await next.closed, next.said.stderr).toBe(0)
    const other = cluster.nodes.find(one => one !== node)
    expect(linesOf(folder, 'log')).toEqual([`start ${node}`, `start ${other}`, `end ${other}`])
    expect(existsSync(join(run.runDir, 'launchers'))).toBe(false)
  })

  it('a run is not gone on with while its commands may run in another one', async context => {
    const { cluster, allocation, folder, go } = await desk(context)
    await cluster.call('scancel', allocation['SLURM_JOB_ID'] ?? '')
    const [first, second] = [await cluster.allocate(1), await cluster.allocate(1)]
    const run = {
      backend: { module: new URL('./backend.ts', import.meta.url) },
      options: { capacity: { threads: 8, ramGb: 1.5 } },
      runDir: join(folder, 'run'),
    }
    const jobs = [{ id: 'a', command: logged('a', until(folder, 'go'), folder) }]
    const killed = startProcess({ ...run, jobs, env: first }, context)
    await untilSo(() => linesOf(folder, 'log').length > 0)
    await killed.kill()
    const refused = startProcess({ ...run, jobs: [], resume: true, env: second }, context)
    expect(await refused.closed).not.toBe(0)
    const id = first['SLURM_JOB_ID'] ?? ''
    expect(refused.said.stderr).toContain(`may still run in SLURM allocation ${id} (RUNNING)`)

    await cluster.call('scancel', id)
    await untilSo(async () => !(await cluster.call('squeue', '-h')).stdout.includes(` ${id} `))
    go()
    const next = startProcess({ ...run, jobs: [], resume: true, env: second }, context)
    expect(await next.closed, next.said.stderr).toBe(0)
    expect(next.outcomes()).toEqual({ a: 'succeeded' })
  })

  it('what was cut off before it ended is told to end by the follow-up, and ends when it comes back', async context => {
    const { cluster, allocation, folder, go } = await desk(context)
    const run = {
      backend: { module: new URL('./backend.ts', import.meta.url) },
      options: { capacity: { threads: 8, ramGb: 1.5 } },
      runDir: join(folder, 'run'),
    }
    const command = logged('$LONGSHORE_NODE', until(folder, 'go'), folder)
    const killed = startProcess({ ...run, jobs: [{ id: 'a', command }], env: allocation }, context)
    await untilSo(() => linesOf(folder, 'log').length === 1)
    await killed.kill()
    const node = linesOf(folder, 'log')[0]?.split(' ')[1] ?? ''
    const other = cluster.nodes.find(one => one !== node) ?? ''
    await cluster.killSlurmd(node)
    cluster.freezeNode(node)
    await cluster.call('scontrol', 'update', `nodename=${node}`, 'state=down', 'reason=cut off')
    await cluster.call('scancel', allocation['SLURM_JOB_ID'] ?? '')
    await untilSo(async () => (await cluster.call('squeue', '-h')).stdout === '')

    const followUp = await cluster.allocate(1)
    const next = startProcess({ ...run, jobs: [], resume: true, env: followUp }, context)
    await untilSo(() => existsSync(join(run.runDir, 'launchers', node, 'lost')))
    cluster.thawNode(node)
    await untilSo(() => !processesOfNode(cluster.folder, node).some(isShell))
    await untilSo(() => linesOf(folder, 'log').length === 2)
    go()
    expect(await next.closed, next.said.stderr).toBe(0)
    expect(next.said.stdout).toContain(`commands of this run may still run on ${node} (DOWN`)
    expect(linesOf(folder, 'log')).toEqual([`start ${node}`, `start ${other}`, `end ${other}`])
  })

  it('a node that was lost, and is back, is used by the follow-up', async context => {
    const { cluster, allocation, folder, go } = await desk(context)
    const run = {
      backend: { module: new URL('./backend.ts', import.meta.url) },
      options: { capacity: { threads: 8, ramGb: 1.5 } },
      runDir: join(folder, 'run'),
    }
    const command = logged('$LONGSHORE_JOB_ID $LONGSHORE_NODE', until(folder, 'go'), folder)
    const jobs = ['a', 'b'].map(id => ({ id, threads: 8, command }))
    const first = startProcess({ ...run, jobs, env: allocation }, context)
    await untilSo(() => linesOf(folder, 'log').length === 2)
    await cluster.killNode('n1')
    await cluster.call('scontrol', 'update', 'nodename=n1', 'state=down', 'reason=no power')
    await first.says('n1 is lost')
    await first.kill()
    await cluster.call('scancel', allocation['SLURM_JOB_ID'] ?? '')
    await cluster.startNode('n1')
    await untilSo(async () => (await cluster.call('squeue', '-h')).stdout === '')

    const next = startProcess({ ...run, jobs: [], resume: true, env: await cluster.allocate(2) }, context)
    await untilSo(() => linesOf(folder, 'log').length === 4)
    go()
    expect(await next.closed, next.said.stderr).toBe(0)
    const nodes = linesOf(folder, 'log')
      .slice(2, 4)
      .map(line => line.split(' ')[2])
    expect(nodes.sort()).toEqual(['n1', 'n2'])
    expect(next.outcomes()).toEqual({ a: 'succeeded', b: 'succeeded' })
  })

  it('its end ends the run, so that another one can go on with it, and leaves nothing', async context => {
    const { cluster, allocation, open } = await desk(context)
    const { scheduler, seen } = await open()
    await using _ = scheduler
    const report = scheduler.run()
    await seen.started(2)
    await cluster.call('scancel', allocation['SLURM_JOB_ID'] ?? '')
    const { late, counts, stop } = await report
    expect(late).toBe(2)
    expect(counts).toMatchObject({ pending: 2, failed: 0, cancelled: 0 })
    expect(stop?.by).toBe('the end of the allocation')
    await untilSo(() => cluster.nodes.every(node => processesOfNode(cluster.folder, node).length <= 1))
  })
})
