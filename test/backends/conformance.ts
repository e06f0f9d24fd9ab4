import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Backend, BackendName, JobSpec, Scheduler, SchedulerOptions } from '../../src/index.ts'
import { createScheduler } from '../../src/index.ts'
import { checkInvariants } from '../../src/testing/index.ts'
import { allowedCpus, type EndOfTest, events, isFree, linesOf, NOW, startProcess, text } from './support.ts'
import { jobsThatAreTold, lookAt, type Told } from './told.ts'

/** Makes a backend of plain data: also in a scheduler that runs in a process of its own. */
export type MakeBackend = (data: unknown) => Backend | BackendName

/** A set-up of a backend, ready to be used by one scheduler after the other. */
export interface Cluster {
  /** Module whose default export is a `MakeBackend`, and what it is given. */
  readonly backend: { readonly module: URL; readonly data?: unknown }
  /** For this process and those of other schedulers. Default none. */
  readonly env?: Readonly<Record<string, string>>
  /** Each node has to offer at least 4 threads, 1 physical core, 1 GiB and 2 GPUs (which may be pretended) of 8 GiB. */
  readonly options: SchedulerOptions
  /** Names of the nodes that are there from the start, at least one. */
  readonly nodes: readonly string[]
  /** Ends all of a node at once, in a way that the backend finds proof of. */
  killNode?(node: string, runDir: string): Promise<void>
  /** Brings one more node. Returns its name. */
  addNode?(): Promise<string>
  /** Stops every process of a node, and lets them go on. */
  freezeNode?(node: string, runDir: string): Promise<void>
  thawNode?(node: string, runDir: string): Promise<void>
  stop(): Promise<void>
}

/** How to get a cluster, and which of the faults can be tried on it. */
export interface Setup {
  start(): Promise<Cluster>
  readonly faults?: readonly ('lost' | 'joins' | 'frozen')[]
  /** Whether jobs are only played by the simulator: what a process sees, or leaves, is not looked at. Default false. */
  readonly isPlayed?: boolean
}

/** What every backend has to keep. To be called at the top level of a test file. */
export function conformance(name: string, { start, faults = [], isPlayed = false }: Setup): void {
  describe(`the backend ${name}`, () => {
    let cluster: Cluster
    beforeAll(async () => {
      cluster = await start()
      Object.assign(process.env, cluster.env)
    })
    afterAll(() => cluster?.stop())

    theJobs(() => cluster, isPlayed)
    if (isPlayed) theEndOfAPlay(() => cluster)
    else theEndOfAScheduler(() => cluster)
    if (faults.includes('lost')) aLostNode(() => cluster)
    if (faults.includes('joins')) aNewNode(() => cluster)
    if (faults.includes('frozen')) aFrozenNode(() => cluster)
  })
}

function theJobs(cluster: () => Cluster, isPlayed: boolean): void {
  describe('runs jobs that', () => {
    let told: Told
    let runDir: string
    beforeAll(async () => {
      runDir = temporaryFolder()
      told = await lookAt(await open(cluster(), runDir), jobsThatAreTold(), isPlayed)
    })
    afterAll(() => rmSync(runDir, { recursive: true, force: true }))

    howTheyEnd(() => told)
    if (!isPlayed) whatTheySee(() => told, cluster)
  })
}

function howTheyEnd(told: () => Told): void {
  it('all end as they are meant to', () => {
    const statuses = told().report.outcomes.map(({ id, status }) => [id, status])
    expect(Object.fromEntries(statuses)).toEqual(told().expected)
  })

  it('are refused when they are added, where they can never fit, or are functions that cannot run', () => {
    expect(told().refusals.huge).toMatch(/huge/)
    if (told().runsInline) expect(told().refusals.function).toBeNull()
    else expect(told().refusals.function).toMatch(/make it a task/)
  })

  it('end with exit codes, by signals, or are not started at all', () => {
    expect(told().outcome('exit')).toMatchObject({ exitCode: 7, failure: { reason: 'exit' } })
    expect(told().outcome('signal')).toMatchObject({ signal: 'SIGUSR1', failure: { reason: 'signal' } })
    expect(told().outcome('missing').failure).toMatchObject({
      reason: 'start',
      message: expect.stringContaining('no-such-program'),
    })
  })

  it('report results, progress and that they are not representative', () => {
    expect(told().outcome('reports')).toMatchObject({ results: { loss: '0.5' }, representative: false })
    expect(told().outcome('reports').durationS).toBeGreaterThan(0)
  })

  it('are tried again after a failure', () => {
    expect(told().outcome('flaky')).toMatchObject({ attempts: 2, results: { attempt: '2' } })
  })

  it('are ended at their time limit: by TERM, and by KILL where that does not help', () => {
    expect(told().outcome('slow')).toMatchObject({ signal: 'SIGTERM', failure: { reason: 'timeout' } })
    expect(told().outcome('stubborn')).toMatchObject({ signal: 'SIGKILL', failure: { reason: 'timeout' } })
  })

  it('are cancelled while they run', () => {
    expect(told().outcome('cancelled').signal).toBe('SIGTERM')
  })
}

function whatTheySee(told: () => Told, cluster: () => Cluster): void {
  it('are told who they are, where they run and what they may use', () => {
    const { env } = told().log('env')
    const outcome = told().outcome('env')
    expect(cluster().nodes).toContain(outcome.node)
    expect(env).toMatchObject({
      LONGSHORE_JOB_ID: 'env',
      LONGSHORE_NAME: 'a name',
      LONGSHORE_ATTEMPT: '1',
      LONGSHORE_NODE: outcome.node,
      LONGSHORE_THREADS: '1.5',
      OMP_NUM_THREADS: '2',
      LONGSHORE_RUN_DIR: told().runDir,
      LONGSHORE_JOB_DIR: join(told().runDir, 'jobs/env'),
      LONGSHORE_OUTPUT: join(told().runDir, 'jobs/env/output'),
      CUDA_VISIBLE_DEVICES: '',
      OWN: 'own value',
      PWD: process.cwd(),
    })
  })

  it('write their logs straight into the folder of the run', () => {
    expect(text(told().runDir, 'logs/logs.out')).toBe('out\n')
    expect(text(told().runDir, 'logs/logs.err')).toBe('err\n')
  })

  it('see exactly the GPUs that they were placed on', () => {
    for (const id of ['gpu-1', 'gpu-2', 'gpus'])
      expect(told().outcome(id).results['cuda']).toBe(told().placed(id).gpus.join(','))
    expect(told().placed('gpus').gpus).toHaveLength(2)
  })

  it('are pinned to the physical cores that they were given', () => {
    const { cores, node } = told().placed('pinned')
    expect(cores).toHaveLength(1)
    const cpus = cores.flatMap(core => told().node(node)?.cores[core]?.cpus ?? [])
    expect(allowedCpus(told().outcome('pinned').results['cpus'])).toEqual(cpus.toSorted((a, b) => a - b))
  })

  it('have their highest RAM measured', () => {
    expect(told().outcome('big').peakRamGb).toBeGreaterThan(0.2)
    expect(told().outcome('big').peakRamGb).toBeLessThan(0.6)
  })

  it('are tasks with structured arguments and results', () => {
    const { args, context } = told().outcome('task').value as { args: unknown; context: { node: string } }
    expect(args).toEqual({
      numbers: new Float64Array([1, 2.5]),
      map: new Map([['key', new Set([1])]]),
      date: new Date(0),
    })
    expect(context).toMatchObject({ node: told().outcome('task').node, threads: 1, attempt: 1 })
    expect(text(told().runDir, 'logs/task.out')).toBe('logged\n')
  })

  it('are tasks whose errors come with their cause', () => {
    expect(told().outcome('throws').failure).toMatchObject({
      reason: 'error',
      name: 'TypeError',
      message: 'it went wrong',
      cause: { name: 'Error', message: 'the reason', cause: { code: 42 } },
    })
  })

  it('are tasks that see their GPUs and are ended at their time limit', () => {
    expect(told().outcome('gpu-task').value).toBe(told().placed('gpu-task').gpus.join(','))
    expect(told().outcome('slow-task').failure?.reason).toBe('timeout')
  })

  it('are cancelled with all that they have started', () => {
    const jobDir = join(told().runDir, 'jobs/cancelled')
    expect(text(jobDir, 'child')).toMatch(/^\d+\n$/)
    expect(isFree(join(jobDir, 'lock'))).toBe(true)
  })
}

function theEndOfAScheduler(cluster: () => Cluster): void {
  it('keeps its commands running when the scheduler is killed: the next one takes them over', async () => {
    const folder = temporaryFolderOfTest()
    const run = { ...cluster(), runDir: join(folder, 'run') }
    const jobs: JobSpec[] = [
      { id: 'ends', command: logged('ends', `${until(folder, 'go-1')}`, folder) },
      { id: 'runs', command: logged('runs', `${until(folder, 'go-2')}`, folder) },
      { id: 'task', task: new URL('./tasks/waits.mjs', import.meta.url).href, args: join(folder, 'go-2') },
    ]
    const first = startProcess({ ...run, jobs })
    await first.says('"id":"runs"', '"id":"ends"')
    await expect
      .poll(() => linesOf(folder, 'log').sort(), { timeout: 60_000 })
      .toEqual(['start ends', 'start runs'])
    await first.kill()
    writeFileSync(join(folder, 'go-1'), '')
    await expect.poll(() => linesOf(folder, 'log'), { timeout: 60_000 }).toContain('end ends')
    const next = startProcess({ ...run, jobs: [], resume: true })
    await next.says('"type":"run.started"')
    writeFileSync(join(folder, 'go-2'), '')
    expect(await next.closed, next.said.stderr).toBe(0)
    expect(linesOf(folder, 'log').sort()).toEqual(['end ends', 'end runs', 'start ends', 'start runs'])
    expect(next.outcomes()).toEqual({ ends: 'succeeded', runs: 'succeeded', task: 'succeeded' })
    expect(existsSync(join(run.runDir, 'launchers'))).toBe(false)
  })
}

function theEndOfAPlay(cluster: () => Cluster): void {
  it('runs again what has ended with its scheduler, when that was killed', async () => {
    const folder = temporaryFolderOfTest()
    const run = { ...cluster(), runDir: join(folder, 'run') }
    const jobs = ['a', 'b'].map(id => ({ id, command: logged(id, until(folder, 'go'), folder) }))
    const first = startProcess({ ...run, jobs })
    await expect
      .poll(() => linesOf(folder, 'log').sort(), { timeout: 60_000 })
      .toEqual(['start a', 'start b'])
    await first.kill()
    const next = startProcess({ ...run, jobs: [], resume: true })
    await expect.poll(() => linesOf(folder, 'log').length, { timeout: 60_000 }).toBe(4)
    writeFileSync(join(folder, 'go'), '')
    expect(await next.closed, next.said.stderr).toBe(0)
    expect(next.outcomes()).toEqual({ a: 'succeeded', b: 'succeeded' })
    expect(linesOf(folder, 'log').slice(4).sort()).toEqual(['end a', 'end b'])
  })
}

function aLostNode(cluster: () => Cluster): void {
  it('places the jobs of a lost node again elsewhere, and counts no failure', async () => {
    const folder = temporaryFolderOfTest()
    const { scheduler } = await openInTest(cluster(), join(folder, 'run'))
    const nodes = scheduler.picture().nodes.length
    const ids = Array.from({ length: nodes }, (_, i) => `j${i}`)
    const waits = new URL('./tasks/waits.mjs', import.meta.url).href
    // Two jobs fill a node.
    const half =
      scheduler.picture().nodes.reduce((least, { threads }) => Math.min(least, threads.capacity), 1e9) / 2
    scheduler.add([
      ...ids.map(id => ({ id, threads: half, command: logged(id, until(folder, 'go'), folder) })),
      ...ids.map(id => ({ id: `t${id}`, threads: half, task: waits, args: join(folder, 'go') })),
    ])
    const seen = events(scheduler)
    const run = scheduler.run()
    await seen.started(2 * nodes)
    const node = seen.nodeOf('j0')
    await cluster().killNode?.(node, scheduler.runDir)
    await seen.warned(`${node} is lost`)
    checkInvariants({ actor: scheduler.actor })
    writeFileSync(join(folder, 'go'), '')
    const { outcomes } = await run
    expect(outcomes.map(({ status, attempts }) => [status, attempts])).toEqual(
      outcomes.map(() => ['succeeded', 1]),
    )
    expect(outcomes.filter(outcome => outcome.node === node)).toEqual([])
    const ends = linesOf(folder, 'log').filter(line => line.startsWith('end'))
    expect(ends.sort()).toEqual(ids.map(id => `end ${id}`).sort())
  })
}

function aNewNode(cluster: () => Cluster): void {
  it('uses a node that joins later at once', async () => {
    const folder = temporaryFolderOfTest()
    const { scheduler } = await openInTest(cluster(), join(folder, 'run'))
    const { nodes } = scheduler.picture()
    const all = nodes.reduce((least, { threads }) => Math.min(least, threads.capacity), 1e9)
    const ids = Array.from({ length: nodes.length + 1 }, (_, i) => `j${i}`)
    scheduler.add(ids.map(id => ({ id, threads: all, command: logged(id, until(folder, 'go'), folder) })))
    const seen = events(scheduler)
    const run = scheduler.run()
    await seen.started(nodes.length)
    const added = await cluster().addNode?.()
    await seen.started(nodes.length + 1)
    expect(ids.map(id => seen.nodeOf(id))).toContain(added)
    expect(seen.joined()).toEqual([added])
    writeFileSync(join(folder, 'go'), '')
    expect((await run).counts).toMatchObject({ succeeded: ids.length })
  })
}

function aFrozenNode(cluster: () => Cluster): void {
  it('runs nothing twice at the same time where a node freezes and comes back', async () => {
    const folder = temporaryFolderOfTest()
    const { scheduler } = await openInTest(cluster(), join(folder, 'run'))
    const { nodes } = scheduler.picture()
    const all = nodes.reduce((least, { threads }) => Math.min(least, threads.capacity), 1e9)
    const ids = Array.from({ length: nodes.length }, (_, i) => `j${i}`)
    scheduler.add(ids.map(id => ({ id, threads: all, command: logged(id, until(folder, 'go'), folder) })))
    const seen = events(scheduler)
    const run = scheduler.run()
    await seen.started(nodes.length)
    const node = seen.nodeOf('j0')
    await cluster().freezeNode?.(node, scheduler.runDir)
    await seen.warned(`nothing is heard of ${node}`)
    expect(scheduler.picture().running).toHaveLength(nodes.length)
    await cluster().thawNode?.(node, scheduler.runDir)
    await seen.warned(`${node} is heard of again`, `${node} is lost`)
    writeFileSync(join(folder, 'go'), '')
    expect((await run).counts).toMatchObject({ succeeded: ids.length, failed: 0 })
    for (const id of ids) expectOneAtATime(linesOf(folder, 'log').filter(line => line.endsWith(` ${id}`)))
  })
}

/** Of attempts that follow each other only the last comes to its end. */
function expectOneAtATime(lines: readonly string[]): void {
  expect(lines.filter(line => line.startsWith('end'))).toHaveLength(1)
  expect(lines.at(-1)).toMatch(/^end/)
}

/** A scheduler on the cluster, in this process. */
export async function open(
  { backend, options }: Cluster,
  runDir: string,
): Promise<{ scheduler: Scheduler; runsInline: boolean }> {
  const { default: make }: { default: MakeBackend } = await import(backend.module.href)
  const made = make(backend.data)
  const scheduler = await createScheduler({ ...options, history: false, graceS: 1, runDir, backend: made })
  return { scheduler, runsInline: made === 'local' }
}

/** The same, closed with the test at the latest: one that fails is not to hold the nodes of those that follow. */
export async function openInTest(cluster: Cluster, runDir: string): ReturnType<typeof open> {
  const opened = await open(cluster, runDir)
  onTestFinished(() => opened.scheduler.close())
  return opened
}

/** A command that writes when it begins and when it comes to its end. */
export function logged(id: string, command: string, folder: string): string {
  return `echo start ${id} >> ${folder}/log; ${command}; echo end ${id} >> ${folder}/log`
}

/** Waits for a file. */
export function until(folder: string, name: string): string {
  return `while [ ! -e ${folder}/${name} ]; do sleep 0.05; done`
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'longshore-backend-'))
}

export function temporaryFolderOfTest({ onTestFinished }: EndOfTest = NOW): string {
  const folder = temporaryFolder()
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
