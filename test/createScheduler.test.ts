import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { filter, firstValueFrom } from 'rxjs'
import { afterEach, describe, expect, it } from 'vitest'
import {
  ClosedError,
  command,
  createScheduler,
  InvalidJobsError,
  InvalidOptionsError,
  inline,
  type Policy,
  type RunEvent,
  type RunReport,
  type Scheduler,
  type SchedulerOptions,
  task,
  UnknownJobError,
} from '../src/index.ts'
import type { Situation } from '../src/machines/placement/policy.ts'
import { longestFirst } from '../src/machines/placement/rulePolicy.ts'
import { makeTemporaryFolder } from './support/temporaryFolder.ts'

const SCRIPTS = new URL('./support/tasks/', import.meta.url)
const folders: string[] = []

async function scheduler(options: SchedulerOptions = {}): Promise<Scheduler> {
  const folder = await makeTemporaryFolder()
  folders.push(folder)
  return createScheduler({ capacity: { threads: 4, ramGb: 8 }, runDir: join(folder, 'run'), ...options })
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

function started(scheduler: Scheduler, id: string): Promise<RunEvent> {
  return firstValueFrom(
    scheduler.events$.pipe(filter(event => event.type === 'job.started' && event.id === id)),
  )
}

describe('createScheduler', () => {
  it('begins with what an earlier run has taught, of the same jobs and of their group', async () => {
    const folder = await makeTemporaryFolder()
    folders.push(folder)
    const history = join(folder, 'history.sqlite')
    const naps = (seconds: number[]) => seconds.map(s => ({ group: 'nap', command: ['sleep', `${s}`] }))
    const first = await scheduler({ history })
    first.add(naps([0.1, 0.2]))
    expect((await first.run()).history).toEqual({ path: history, jobs: 0, groups: 0 })
    await first.close()
    await using second = await scheduler({ history })
    second.add(naps([0.2, 0.3]))
    const picture = firstValueFrom(second.events$.pipe(filter(event => event.type === 'burst.placed')))
    const ending = second.run()
    await picture
    expect(second.progress().remainingS).toBeLessThan(5)
    expect((await ending).history).toEqual({ path: history, jobs: 1, groups: 1 })
  })

  it('warns of a history that is damaged, and runs all the same', async () => {
    const folder = await makeTemporaryFolder()
    folders.push(folder)
    const history = join(folder, 'history.sqlite')
    await writeFile(history, 'no database'.repeat(1000))
    await using jobs = await scheduler({ history })
    const warnings: string[] = []
    jobs.events$.subscribe(event => void (event.type === 'warning' && warnings.push(event.message)))
    jobs.add({ command: ['true'] })
    expect((await jobs.run()).counts.succeeded).toBe(1)
    expect(warnings.filter(message => message.includes(history))).toHaveLength(1)
  })

  it('runs commands, tasks and functions, and tells how each ended', async () => {
    await using jobs = await scheduler()
    const handles = jobs.add([
      { name: 'list', run: command(['sh', '-c', 'echo out; echo accuracy=0.9 > "$LONGSHORE_OUTPUT"']) },
      { name: 'text', command: 'exit 3' },
      { name: 'sum', run: task(new URL('sum.ts', SCRIPTS), { numbers: [1, 2, 3] }) },
      { name: 'throws', run: task(new URL('throws.ts', SCRIPTS)) },
      { name: 'here', run: inline(context => `${context.name} has ${context.threads}`), threads: 2 },
    ])
    const report = await jobs.run()
    expect(report.counts).toMatchObject({ total: 5, succeeded: 3, failed: 2, pending: 0, running: 0 })
    const [list, text, sum, throws, here] = await Promise.all(handles.map(handle => handle.outcome))
    expect(list).toMatchObject({
      status: 'succeeded',
      exitCode: 0,
      results: { accuracy: '0.9' },
      attempts: 1,
    })
    expect(text).toMatchObject({ status: 'failed', exitCode: 3, failure: { reason: 'exit' } })
    expect(sum).toMatchObject({ status: 'succeeded', value: 6 })
    expect(throws).toMatchObject({ failure: { reason: 'error', name: 'TypeError', message: 'not a number' } })
    expect(here).toMatchObject({ status: 'succeeded', value: 'here has 2' })
  })

  it('keeps results, a summary and logs in the folder of the run, for its user alone', async () => {
    await using jobs = await scheduler()
    jobs.add([{ id: 'hello', command: 'echo hello; echo oops >&2; exit 1' }])
    await jobs.run()
    const file = (name: string) => readFile(join(jobs.runDir, name), 'utf8')
    const [line = ''] = (await file('results.jsonl')).split('\n')
    expect(JSON.parse(line)).toMatchObject({ id: 'hello', status: 'failed', exitCode: 1 })
    expect(JSON.parse(await file('summary.json'))).toMatchObject({ counts: { total: 1, failed: 1 } })
    expect(await file('logs/hello.out')).toBe('hello\n')
    expect(await file('logs/hello.err')).toBe('oops\n')
    expect((await stat(jobs.runDir)).mode & 0o777).toBe(0o700)
  })

  it('answers for a job in each of its states from the one job machine', async () => {
    await using jobs = await scheduler()
    const [handle] = jobs.add({ id: 'wait', command: ['sleep', '60'] })
    expect(handle?.getSnapshot().value).toBe('pending')
    const running = started(jobs, 'wait')
    const run = jobs.run()
    await running
    expect(handle?.getSnapshot().value).toBe('running')
    jobs.cancel('wait')
    expect((await handle?.outcome)?.status).toBe('cancelled')
    expect(handle?.getSnapshot().value).toBe('cancelled')
    expect((await run).counts.cancelled).toBe(1)
  })

  it('never runs more at once than fits, shares GPUs, and shows each job exactly its own', async () => {
    await using jobs = await scheduler({ capacity: { threads: 8, ramGb: 8, gpus: 2, gpuRamGb: 10 } })
    const handles = jobs.add(
      Array.from({ length: 6 }, (_, i) => ({
        id: `gpu${i}`,
        command: 'echo gpu=$CUDA_VISIBLE_DEVICES >> "$LONGSHORE_OUTPUT"; sleep 0.05',
        gpus: 1,
        gpuShare: 0.5,
        gpuRamGb: 4,
      })),
    )
    let live = 0
    let most = 0
    jobs.events$.subscribe(event => {
      if (event.type === 'job.placed') most = Math.max(most, ++live)
      if (event.type === 'job.ended') live--
    })
    await jobs.run()
    const outcomes = await Promise.all(handles.map(handle => handle.outcome))
    expect(outcomes.map(outcome => outcome.status)).toEqual(outcomes.map(() => 'succeeded'))
    expect(new Set(outcomes.map(outcome => outcome.results['gpu']))).toEqual(new Set(['0', '1']))
    expect(most).toBe(4)
  })

  it('tries a failed job again, and ends one that runs into its time limit', async () => {
    await using jobs = await scheduler({ retryDelayS: 0.01 })
    const [again, late] = jobs.add([
      { id: 'again', command: 'test "$LONGSHORE_ATTEMPT" = 3', retries: 5 },
      { id: 'late', command: ['sleep', '60'], timeoutS: 0.1 },
    ])
    await jobs.run()
    expect(await again?.outcome).toMatchObject({ status: 'succeeded', attempts: 3 })
    expect(await late?.outcome).toMatchObject({
      status: 'failed',
      signal: 'SIGTERM',
      failure: { reason: 'timeout' },
    })
  })

  it('refuses a call with a malformed or impossible job, and adds none of it', async () => {
    await using jobs = await scheduler()
    const good = { id: 'good', command: 'true' }
    expect(() => jobs.add([good, { command: 'true', threads: -1 }])).toThrow(InvalidJobsError)
    expect(() => jobs.add([good, { id: 'big', command: 'true', threads: 64 }])).toThrow(
      /big.*asks for threads 64, but the largest node .* has 4\. The nearest request that would fit: threads 4/,
    )
    expect(jobs.progress().counts.total).toBe(0)
    expect(jobs.add(good)).toHaveLength(1)
    expect(() => jobs.add(good)).toThrow(/good/)
  })

  it('places jobs that are added while it runs', async () => {
    await using jobs = await scheduler()
    jobs.events$.subscribe(event => {
      if (event.type === 'job.ended' && event.outcome.id === 'first')
        jobs.add({ id: 'second', command: 'true' })
    })
    jobs.add({ id: 'first', command: 'true' })
    expect((await jobs.run()).counts).toMatchObject({ total: 2, succeeded: 2 })
  })

  it('places nothing while paused, and nothing any more once drained', async () => {
    await using jobs = await scheduler({ capacity: { threads: 1 } })
    jobs.add([
      { id: 'a', run: inline(() => jobs.pause()), timeS: 3 },
      { id: 'b', run: inline(() => 'b'), timeS: 2 },
      { id: 'c', run: inline(() => 'c'), timeS: 1 },
    ])
    const ended: string[] = []
    jobs.events$.subscribe(event => {
      if (event.type !== 'job.ended') return
      ended.push(event.outcome.id)
      if (event.outcome.id === 'a') setImmediate(() => jobs.continue())
      if (event.outcome.id === 'b') void jobs.drain()
    })
    const report = await jobs.run()
    expect(ended).toEqual(['a', 'b'])
    expect(report.counts).toMatchObject({ succeeded: 2, pending: 1 })
  })

  it('has only what runs ahead of it once it drains, and reports what stopped it', async () => {
    await using jobs = await scheduler({ capacity: { threads: 1 } })
    const remaining: (number | null)[] = []
    const stopping = inline(() => {
      remaining.push(jobs.progress().remainingS)
      void jobs.drain('Ctrl-C')
      setImmediate(() => remaining.push(jobs.progress().remainingS))
      return new Promise(setImmediate)
    })
    jobs.add([
      { id: 'a', run: stopping, timeS: 200 },
      { id: 'b', run: inline(() => 'b'), timeS: 190 },
    ])
    const { stop, notStarted } = await jobs.run()
    const [all = null, running = null] = remaining
    expect(running).toBeGreaterThan(100)
    expect(running).toBeLessThan(0.75 * (all ?? 0))
    expect({ stop, notStarted }).toEqual({
      stop: { at: expect.any(Number), by: 'Ctrl-C', killsAt: null },
      notStarted: 1,
    })
  })

  it('explains where each job stands, and what was meant by an id that it does not know', async () => {
    await using jobs = await scheduler({ capacity: { threads: 1, ramGb: 8 } })
    const explained: unknown[] = []
    const asking = inline(async () => {
      // The scheduler hears of a start at the end of the turn.
      for (const _ of [1, 2]) await new Promise(setImmediate)
      explained.push(jobs.explain('running-one'), jobs.explain('waiting-one'))
    })
    jobs.add([
      { id: 'running-one', run: asking, timeS: 9 },
      { id: 'waiting-one', run: inline(() => 1), timeS: 5, threads: 0.25 },
    ])
    expect(jobs.explain('waiting-one')).toMatchObject({ state: 'waiting', reason: { kind: 'notStarted' } })
    await jobs.run()
    expect(explained).toMatchObject([
      { state: 'running', moment: { rank: 1, waiting: 1, free: { threads: 1 } } },
      {
        state: 'waiting',
        reason: { kind: 'full' },
        nodes: [{ missing: [{ resource: 'threads', asked: 0.25, free: 0, missing: 0.25 }] }],
        starts: { after: 0 },
      },
    ])
    expect(jobs.explain('waiting-one')).toMatchObject({ state: 'ended', outcome: { status: 'succeeded' } })
    expect(() => jobs.explain('waiting-on')).toThrow(
      'No job "waiting-on" in this run: did you mean "waiting-one"?',
    )
    expect(() => jobs.explain('x')).toThrow(UnknownJobError)
  })

  it('goes on when it is started again while it drains', async () => {
    await using jobs = await scheduler({ capacity: { threads: 1 } })
    const again = inline(() => {
      void jobs.drain()
      jobs.start()
    })
    jobs.add([
      { id: 'a', run: again, timeS: 2 },
      { id: 'b', run: inline(() => 'b'), timeS: 1 },
    ])
    expect((await jobs.run()).counts).toMatchObject({ succeeded: 2, pending: 0 })
  })

  it('runs what is added by whoever hears the end of the last job, and run() waits for it', async () => {
    await using jobs = await scheduler()
    const second = Promise.withResolvers<RunReport>()
    jobs.events$.subscribe(event => {
      if (event.type !== 'job.ended' || event.outcome.id !== 'first') return
      jobs.add({ id: 'second', command: 'true' })
      second.resolve(jobs.run())
    })
    jobs.add({ id: 'first', command: 'true' })
    await jobs.run()
    expect((await second.promise).counts).toMatchObject({ total: 2, succeeded: 2 })
  })

  it('ends what runs and cancels what waits when it is closed', async () => {
    const jobs = await scheduler({ capacity: { threads: 1 }, graceS: 0.05 })
    const [running, waiting] = jobs.add([
      { id: 'deaf', command: "trap '' TERM; echo ready; while :; do sleep 0.01; done", timeS: 9 },
      { id: 'next', command: 'true', timeS: 1 },
    ])
    const up = started(jobs, 'deaf')
    jobs.start()
    await up
    await jobs.close()
    expect(await running?.outcome).toMatchObject({ status: 'cancelled' })
    expect(await waiting?.outcome).toMatchObject({ status: 'cancelled', attempts: 0, startedAt: null })
    expect(() => jobs.add({ command: 'true' })).toThrow(ClosedError)
    expect(() => jobs.cancel('nobody')).toThrow(UnknownJobError)
  })

  it('tells no remaining time while all that it knows of the jobs is a guess', async () => {
    await using jobs = await scheduler()
    jobs.add({ command: 'true' })
    expect(jobs.progress()).toMatchObject({ remainingS: null, endsAt: null, longest: null, fraction: 0 })
    jobs.add({ command: 'true', timeS: 7 })
    expect(jobs.progress().remainingS).toBeGreaterThan(0)
    const report = await jobs.run()
    expect(report.firstEstimate).not.toBeNull()
  })

  it('leaves nothing behind when it is closed before it was started', async () => {
    const jobs = await scheduler()
    const [handle] = jobs.add({ command: 'true' })
    await jobs.close()
    expect((await handle?.outcome)?.status).toBe('cancelled')
    await expect(stat(jobs.runDir)).rejects.toThrow('ENOENT')
  })

  it('goes on with the built-in policy when a policy of the user fails', async () => {
    const broken: Policy = {
      name: 'broken',
      decide: () => {
        throw new Error('no idea')
      },
    }
    await using jobs = await scheduler({ policy: broken })
    const warnings: string[] = []
    jobs.events$.subscribe(event => event.type === 'warning' && warnings.push(event.message))
    jobs.add({ command: 'true' })
    expect((await jobs.run()).counts.succeeded).toBe(1)
    expect(warnings[0]).toContain('policy broken failed (no idea)')
  })

  it('goes on with the built-in policy when nothing that a policy decides can be done', async () => {
    const builtIn = longestFirst()
    const nonsense: Record<string, (situation: Situation) => unknown> = {
      'an unknown node': situation => builtIn.decide(situation).map(one => ({ ...one, node: 'nowhere' })),
      'more than there is': situation =>
        builtIn.decide(situation).map(one => ({ ...one, grant: { ...one.grant, threads: 1e9 } })),
      'no grant': situation => builtIn.decide(situation).map(({ pending, node }) => ({ pending, node })),
      'no decision': () => [null],
      'no list': () => undefined,
      'nothing at all': () => [],
      'each job twice': situation => builtIn.decide(situation).flatMap(one => [one, one]),
    }
    for (const [name, decide] of Object.entries(nonsense)) {
      await using jobs = await scheduler({ policy: { name, decide: decide as Policy['decide'] } })
      const warnings: string[] = []
      jobs.events$.subscribe(event => event.type === 'warning' && warnings.push(event.message))
      jobs.add([1, 2].map(n => ({ name: `${n}`, inline: () => n })))
      expect((await jobs.run()).counts.succeeded).toBe(2)
      expect(warnings.join('\n')).toContain(`policy ${name} `)
    }
  })

  it('lets what a job adds be followed and cancelled from within that job', async () => {
    await using jobs = await scheduler()
    const adds = inline(async () => {
      const [child, unwanted] = jobs.add([
        { name: 'child', inline: () => 5 },
        { name: 'unwanted', inline: () => 6 },
      ])
      if (unwanted) jobs.cancel(unwanted.id)
      return [(await child?.outcome)?.value, (await unwanted?.outcome)?.status]
    })
    const [parent] = jobs.add({ run: adds })
    await jobs.run()
    expect((await parent?.outcome)?.value).toEqual([5, 'cancelled'])
  })

  it('closes after the grace when a function never ends, also when the function itself closes it', async () => {
    const deaf = await scheduler({ graceS: 0 })
    const [never] = deaf.add({ inline: () => new Promise(() => {}) })
    const run = deaf.run()
    await deaf.close()
    expect((await run).counts.cancelled).toBe(1)
    expect((await never?.outcome)?.status).toBe('cancelled')

    const closed = await scheduler({ graceS: 0 })
    closed.add({ inline: () => closed.close() })
    expect((await closed.run()).counts.cancelled).toBe(1)
  })

  it('fails a job that throws what cannot even be looked at, and runs the others', async () => {
    await using jobs = await scheduler()
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error('hands off')
        },
      },
    )
    const [bad] = jobs.add([
      {
        name: 'bad',
        inline() {
          throw hostile
        },
      },
      { name: 'good', inline: () => 1 },
    ])
    expect((await jobs.run()).counts).toMatchObject({ succeeded: 1, failed: 1 })
    expect((await bad?.outcome)?.failure?.message).toContain('fails when it is looked at')
  })

  it('refuses what is no job at all like any malformed job', async () => {
    await using jobs = await scheduler()
    for (const nothing of [null, undefined, 3, 'true'])
      expect(() => jobs.add(nothing as never)).toThrow(/jobs\[0\]: expected a job to be an object/)
  })

  it('says which options are wrong, what was expected, and which there are', async () => {
    await expect(scheduler({ maxThreads: 0 })).rejects.toThrow(InvalidOptionsError)
    await expect(scheduler({ ramFactor: 2 })).rejects.toThrow(
      'expected ramFactor to be a number in (0, 1], got 2',
    )
    await expect(scheduler({ capacity: { threads: -1 } })).rejects.toThrow(
      'expected capacity.threads to be a number > 0, got -1',
    )
    const policies = 'expected policy to be one of longest-first, balanced-reserve'
    for (const policy of ['shortest', 3, {}] as never[])
      await expect(scheduler({ policy })).rejects.toThrow(policies)
    await expect(scheduler({ policy: 'longest_frist' as never })).rejects.toThrow(
      'got "longest_frist": did you mean "longest-first"?',
    )
    const misspelt = { maxThread: 3 } as SchedulerOptions
    await expect(scheduler(misspelt)).rejects.toThrow('unknown option maxThread: did you mean "maxThreads"?')
    await expect(scheduler({ frobnicate: 3 } as SchedulerOptions)).rejects.toThrow(
      /unknown option frobnicate: there are backend, .*maxThreads/,
    )
    await expect(scheduler({ capacity: { threds: 3, gpu: 1 } } as SchedulerOptions)).rejects.toThrow(
      /unknown option capacity\.threds: did you mean "threads"\?\n.*unknown option capacity\.gpu: did you mean "gpus"\?/,
    )
    await expect(scheduler({ capacity: { license: 3 } } as SchedulerOptions)).rejects.toThrow(
      'unknown option capacity.license: there are threads, ramGb, gpus, gpuRamGb, resources',
    )
    await expect(createScheduler(null as never)).rejects.toThrow(
      'expected the options to be an object of options, got null',
    )
    for (const [options, expected] of [
      [{ clock: {} }, 'clock to be a clock, with now, setTimeout and clearTimeout, got {}'],
      [{ cudaContextGb: -1 }, 'cudaContextGb to be a number of GiB ≥ 0, got -1'],
      [{ capacity: 4 }, 'capacity to be amounts such as { threads: 8, ramGb: 32 }, got 4'],
      [{ capacity: { resources: 4 } }, 'capacity.resources to be names with a number > 0 each, got 4'],
    ] as const)
      await expect(scheduler(options as never)).rejects.toThrow(`createScheduler: expected ${expected}`)
  })

  it('says where the folder of a run cannot be made', async () => {
    const file = join(await makeTemporaryFolder(), 'file')
    await writeFile(file, '')
    for (const runDir of ['/proc/x', '/proc/x/y', '/dev/null/run', join(file, 'run'), file])
      await expect(scheduler({ runDir })).rejects.toThrow(`cannot make the folder ${runDir}: `)
  })
})
