import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { endingsIn } from '../../src/actors/command/executor.ts'
import { agentFolder } from '../../src/actors/record/folder.ts'
import { createScheduler } from '../../src/index.ts'
import { logged, open, temporaryFolderOfTest, until } from './conformance.ts'
import { type ProcessesCluster, startProcesses } from './processes/cluster.ts'
import { agentsOf, livesIn } from './processes/nodeProcesses.ts'
import { events, linesOf, startProcess } from './support.ts'

const LEASE_S = 4
const SOON = { timeout: 20_000 }
let cluster: ProcessesCluster

beforeAll(async () => {
  cluster = await startProcesses({ silenceS: 2.5, leaseS: LEASE_S })
})
afterAll(() => cluster.stop())

/** A command and a task, which both wait for the file `go`, on one node. */
async function runTwo(folder: string, { expect }: TestContext) {
  const { scheduler } = await open(cluster, join(folder, 'run'))
  const module = new URL('./tasks/waits.mjs', import.meta.url).href
  scheduler.add([
    { id: 'command', threads: 2, command: logged('command', until(folder, 'go'), folder) },
    { id: 'task', threads: 2, task: module, args: join(folder, 'go') },
  ])
  const seen = events(scheduler)
  const run = scheduler.run()
  await seen.started(2)
  await expect.poll(() => linesOf(folder, 'log'), SOON).toEqual(['start command'])
  return { scheduler, seen, run }
}

describe.concurrent('an agent that is killed', () => {
  it('is followed by another one: commands go on, tasks are run again, and none has failed', async context => {
    const folder = temporaryFolderOfTest(context)
    const { scheduler, seen, run } = await runTwo(folder, context)
    await using _ = scheduler
    const node = seen.nodeOf('command')
    expect(seen.nodeOf('task')).toBe(node)
    for (const pid of agentsOf(agentFolder(scheduler.runDir, node))) process.kill(pid, 'SIGKILL')
    await seen.warned(`${node} is heard of again`)
    await seen.started(3)
    writeFileSync(join(folder, 'go'), '')
    const { outcomes } = await run
    expect(outcomes.map(({ id, status, attempts }) => [id, status, attempts]).sort()).toEqual([
      ['command', 'succeeded', 1],
      ['task', 'succeeded', 1],
    ])
    expect(linesOf(folder, 'log')).toEqual(['start command', 'end command'])
  })
})

describe.concurrent('a node that is lost after its scheduler had no contact', () => {
  it('does not have a command run again that has ended there meanwhile', async context => {
    const folder = temporaryFolderOfTest(context)
    const { scheduler, seen, run } = await runTwo(folder, context)
    await using _ = scheduler
    const node = seen.nodeOf('command')
    const own = agentFolder(scheduler.runDir, node)
    const agents = agentsOf(own)
    for (const pid of agents) process.kill(pid, 'SIGSTOP')
    writeFileSync(join(folder, 'go'), '')
    await context.expect.poll(() => linesOf(folder, 'log'), SOON).toEqual(['start command', 'end command'])
    await context.expect.poll(() => endingsIn(own).size, SOON).toBe(1)
    await cluster.killNode?.(node, scheduler.runDir)
    expect((await run).counts).toMatchObject({ succeeded: 2, failed: 0 })
    expect(linesOf(folder, 'log')).toEqual(['start command', 'end command'])
  })
})

describe.concurrent('a node that is gone when a run is resumed', () => {
  it('does not have a command run again that had ended there, and nothing of it stays', async context => {
    const folder = temporaryFolderOfTest(context)
    const own = await startProcesses({})
    context.onTestFinished(() => own.stop())
    const run = { ...own, runDir: join(folder, 'run') }
    const jobs = [{ id: 'ends', command: logged('ends', until(folder, 'go'), folder) }]
    const first = startProcess({ ...run, jobs }, context)
    await first.says('"id":"ends"')
    await context.expect.poll(() => linesOf(folder, 'log'), SOON).toEqual(['start ends'])
    await first.kill()
    writeFileSync(join(folder, 'go'), '')
    const placed = first.said.stdout.split('\n').find(line => line.includes('"type":"job.placed"'))
    const { node } = JSON.parse(placed ?? '')
    await context.expect.poll(() => endingsIn(agentFolder(run.runDir, node)).size, SOON).toBe(1)
    await context.expect.poll(() => livesIn(agentFolder(run.runDir, node)), SOON).toBe(false)
    own.removeNode(node)
    const next = startProcess({ ...run, jobs: [], resume: true }, context)
    expect(await next.closed, next.said.stderr).toBe(0)
    expect(next.outcomes()).toEqual({ ends: 'succeeded' })
    expect(linesOf(folder, 'log')).toEqual(['start ends', 'end ends'])
    expect(existsSync(join(run.runDir, 'launchers'))).toBe(false)
  })

  it('keeps the run from a scheduler that could not know what runs elsewhere', async context => {
    const folder = temporaryFolderOfTest(context)
    const runDir = join(folder, 'run')
    const first = startProcess(
      { ...cluster, runDir, jobs: [{ id: 'a', command: until(folder, 'go') }] },
      context,
    )
    await first.says('"type":"job.started"')
    await first.kill()
    await expect(createScheduler({ runDir, resume: true })).rejects.toThrow(/were started on other machines/)
    const next = startProcess({ ...cluster, runDir, jobs: [], resume: true }, context)
    await next.says('"type":"run.started"')
    writeFileSync(join(folder, 'go'), '')
    expect(await next.closed).toBe(0)
  })
})

describe.concurrent('an agent that was frozen for longer than its lease', () => {
  it('ends what it runs before anything else: its jobs are run again elsewhere, and none has failed', async context => {
    const folder = temporaryFolderOfTest(context)
    const { scheduler, seen, run } = await runTwo(folder, context)
    await using _ = scheduler
    const node = seen.nodeOf('command')
    await cluster.freezeNode?.(node, scheduler.runDir)
    await Promise.all([seen.warned(`nothing is heard of ${node}`), wait(LEASE_S * 1000 + 500)])
    expect(linesOf(folder, 'log')).toEqual(['start command'])
    await cluster.thawNode?.(node, scheduler.runDir)
    await seen.warned(`${node} is lost`)
    await context.expect.poll(() => linesOf(folder, 'log'), SOON).toHaveLength(2)
    writeFileSync(join(folder, 'go'), '')
    const { outcomes } = await run
    expect(outcomes.map(({ status, attempts }) => [status, attempts])).toEqual([
      ['succeeded', 1],
      ['succeeded', 1],
    ])
    expect(linesOf(folder, 'log')).toEqual(['start command', 'start command', 'end command'])
  })
})
