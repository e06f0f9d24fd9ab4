import { existsSync, readdirSync } from 'node:fs'
import { mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { skipUnless } from '../../support/skip.ts'
import { isAlive, taskBench } from './harness.ts'

const PID = 'export default () => process.pid'

describe('arguments and results', () => {
  test('cross by structured clone', async () => {
    const { run } = await taskBench()
    const value = {
      map: new Map([[{ a: 1 }, new Set([1n, 2n])]]),
      date: new Date(0),
      numbers: Float64Array.of(1.5, Number.NaN, Number.NEGATIVE_INFINITY),
      nothing: undefined,
      error: new RangeError('too far', { cause: 'distance' }),
    }
    const ending = await run('export default args => ({ ...args, seen: args.map instanceof Map })', value)
    expect(ending).toMatchObject({ ok: true, value: { ...value, seen: true } })
  })

  test('a result may take its time', async () => {
    const { run } = await taskBench()
    const ending = await run(
      `import { setImmediate as later } from 'node:timers/promises'
      export default async (n: number) => { await later(); return n + 1 }`,
      1,
    )
    expect(ending).toMatchObject({ ok: true, value: 2, results: {}, representative: true })
  })

  test('a large result arrives whole', async () => {
    const { run } = await taskBench()
    const ending = await run('export default (n: number) => new Uint8Array(n).fill(7)', 20_000_000)
    expect(ending.value).toHaveLength(20_000_000)
    expect((ending.value as Uint8Array).at(-1)).toBe(7)
  })

  test('a result that cannot be cloned fails the job and is named', async () => {
    const { run } = await taskBench()
    const ending = await run('export default () => ({ model: { layers: [1, { fit() {} }] } })')
    expect(ending).toMatchObject({ ok: false, failure: { reason: 'error', name: 'DataCloneError' } })
    expect(ending.failure?.message).toContain('result.model.layers[1].fit is a function')
  })

  test('arguments that cannot be cloned fail the job before it has begun, and the next one runs', async () => {
    const { module, start } = await taskBench()
    const echo = await module('export default args => args')
    const { ending, reports } = start(echo, { callback: () => 1 })
    expect((await ending).failure).toMatchObject({ reason: 'start' })
    expect((await ending).failure?.message).toContain('args.callback is a function')
    expect(reports.map(report => report.type)).toEqual(['job.exited'])
    expect(await start(echo, 5).ending).toMatchObject({ ok: true, value: 5 })
  })
})

describe('failures', () => {
  test('an exception keeps its name, message, stack and cause', async () => {
    const { run } = await taskBench()
    const ending = await run(`class FitError extends Error { override name = 'FitError' }
      export default function fit() {
        throw new FitError('no data', { cause: new TypeError('empty', { cause: { rows: 0 } }) })
      }`)
    const failure = { reason: 'error', name: 'FitError', message: 'no data' }
    const cause = { reason: 'error', name: 'TypeError', message: 'empty', cause: { rows: 0 } }
    expect(ending).toMatchObject({ ok: false, value: undefined, failure: { ...failure, cause } })
    expect(ending.failure?.stack).toMatch(/FitError: no data\n.*at fit .*task-1\.ts:3/)
  })

  test('what is thrown need not be an Error', async () => {
    const { run } = await taskBench()
    const ending = await run('export default async () => { throw { code: 7 } }')
    expect(ending.failure?.message).toContain('{ code: 7 }')
  })

  test('a rejection that nobody handles fails the task that ran, and the next one has a fresh process', async () => {
    const { start, module } = await taskBench()
    const careless = await module(
      `export default (fails: boolean) => { if (fails) Promise.reject(new Error('forgotten')); return process.pid }`,
    )
    const { value } = await start(careless, false).ending
    expect(await start(careless, true).ending).toMatchObject({ ok: false, failure: { message: 'forgotten' } })
    const next = await start(careless, false).ending
    expect(next.ok).toBe(true)
    expect(next.value).not.toBe(value)
  })

  test('an exception in a callback fails the task that runs', async () => {
    const { run } = await taskBench()
    const ending = await run(
      `export default () => new Promise(() => setImmediate(() => { throw new Error('in a callback') }))`,
    )
    expect(ending.failure).toMatchObject({ reason: 'error', message: 'in a callback' })
  })

  test('process.exit() is a failure with its code, whatever the code', async () => {
    const { run } = await taskBench()
    const three = await run('export default () => process.exit(3)')
    expect(three).toMatchObject({ ok: false, exitCode: 3, failure: { reason: 'exit' } })
    expect(three.failure?.message).toContain('process.exit()')
    expect(await run('export default () => process.exit(0)')).toMatchObject({ ok: false, exitCode: 0 })
  })

  test('a worker that is killed fails its own job only', async () => {
    const { module, start } = await taskBench()
    const path = await module(`export default (_: unknown, { signal, progress }) => {
      progress(0.5)
      return new Promise(resolve => signal.addEventListener('abort', () => resolve('done')))
    }`)
    const jobs = [start(path), start(path)] as const
    await Promise.all(jobs.map(job => job.progressed))
    process.kill((await jobs[0].started).pid ?? 0, 'SIGKILL')
    const killed = await jobs[0].ending
    expect(killed).toMatchObject({ ok: false, signal: 'SIGKILL', failure: { reason: 'signal' } })
    expect(killed.failure?.message).toMatch(/^worker ended by SIGKILL, sent from outside/)
    expect(jobs[1].reports.some(report => report.type === 'job.exited')).toBe(false)
  })

  test('a worker that runs out of heap fails its own job, with advice', async () => {
    const { run } = await taskBench({ execArgv: ['--max-old-space-size=24'] })
    const hungry =
      'export default () => { const all = []; for (;;) all.push(new Array(1000).fill(all.length)) }'
    const ending = await run(hungry)
    expect(ending).toMatchObject({ ok: false, failure: { reason: 'signal' } })
    expect(ending.failure?.message).toMatch(/^worker ran out of heap \(V8 limit \d+ MB\): .*more ramGb/)
    expect(await run('export default () => 1')).toMatchObject({ ok: true, value: 1 })
  })

  test('a worker that dies while it idles fails nobody', async context => {
    skipUnless(context, process.platform === 'linux', 'needs /proc')
    const { module, start } = await taskBench()
    const path = await module(PID)
    const { value } = await start(path).ending
    process.kill(value as number, 'SIGKILL')
    // Without a turn of the event loop: the executor has not heard of the death when it hands over the next task.
    while (isAlive(value as number) || readdirSync(`/proc/${value}/task`).length > 1);
    const next = await start(path).ending
    expect(next.ok).toBe(true)
    expect(next.value).not.toBe(value)
  })

  test('a worker that dies right after its task has ended does not take the result along', async () => {
    const { run } = await taskBench()
    const ending = await run(`export default () => {
      // The end is told in the same turn, just before.
      setImmediate(() => setImmediate(() => process.kill(process.pid, 'SIGKILL')))
      return 'kept'
    }`)
    expect(ending).toMatchObject({ ok: true, value: 'kept' })
  })

  test('what fails after its task has ended fails no later task', async () => {
    const { module, start, folder } = await taskBench()
    const flag = join(folder, 'failed')
    const leaver = await module(`import { writeFileSync } from 'node:fs'
      export default (flag: string) => {
        if (flag) setTimeout(() => { writeFileSync(flag, ''); throw new Error('too late') })
        return process.pid
      }`)
    const first = await start(leaver, flag, { id: 'leaver' }).ending
    await expect.poll(() => existsSync(flag)).toBe(true)
    const next = await start(leaver).ending
    expect([first.ok, next.ok]).toEqual([true, true])
    expect(next.value).not.toBe(first.value)
    // A worker's last words stand in the log of the task that it was given last: the next, where that came first.
    const logs = join(folder, 'logs')
    const log = async () => {
      const names = await readdir(logs).catch(() => [])
      return (await Promise.all(names.map(name => readFile(join(logs, name), 'utf8')))).join('')
    }
    await expect.poll(log).toContain('Error: too late')
  })

  test.each([
    ['is missing', null, /task-1\.ts does not exist/],
    ['has no default export', 'export const a = 1, b = 2', /default export, but it exports only a, b/],
    ['exports something else', 'export default 7', /but its default export is 7/],
    ['throws while it is loaded', `throw new Error('no licence')`, /failed while it was loaded: no licence/],
    ['is no TypeScript', 'export default (', /failed while it was loaded: /],
  ])('a module that %s fails with that reason', async (_, source, message) => {
    const { module, start, folder } = await taskBench()
    const path = source === null ? join(folder, 'task-1.ts') : await module(source)
    const { failure } = await start(path).ending
    expect(failure?.reason).toBe('start')
    expect(failure?.message).toMatch(message)
  })

  test('a module that was mended is found by the next attempt', async () => {
    const { module, start } = await taskBench()
    const path = await module('throw new Error()')
    expect(await start(path).ending).toMatchObject({ ok: false })
    await writeFile(path, 'export default () => 1')
    expect(await start(path).ending).toMatchObject({ ok: true, value: 1 })
  })

  test('options that Node does not take are told as the reason', async () => {
    const { run } = await taskBench({ execArgv: ['--no-such-option'] })
    const { failure } = await run(PID)
    expect(failure).toMatchObject({ reason: 'start' })
    expect(failure?.message).toContain('bad option: --no-such-option')
  })

  test('a program that is missing for the start is told as the reason', async () => {
    const { run } = await taskBench({ env: { PATH: '/nowhere' } })
    const { failure } = await run(PID, null, { placement: { cpus: [0] } })
    expect(failure).toMatchObject({ reason: 'start' })
    expect(failure?.message).toContain('install util-linux')
  })
})

describe('workers', () => {
  test('are used again', async () => {
    const { module, start } = await taskBench()
    const path = await module(PID)
    const pids = [await start(path).ending, await start(path).ending, await start(path).ending]
    expect(new Set(pids.map(ending => ending.value)).size).toBe(1)
  })

  test('run one task at a time each', async () => {
    const { module, start } = await taskBench()
    const path = await module(PID)
    const endings = await Promise.all([1, 2, 3].map(() => start(path).ending))
    expect(new Set(endings.map(ending => ending.value)).size).toBe(3)
  })

  test('are fresh where the visible GPUs differ, and see those', async () => {
    const { module, start } = await taskBench()
    const path = await module('export default () => [process.pid, process.env.CUDA_VISIBLE_DEVICES]')
    const on = (...ids: string[]) =>
      start(path, null, { placement: { gpus: ids.map((id, index) => ({ id, index })) } }).ending
    const visible = [await on('0'), await on('0'), await on('GPU-1', '3'), await on()].map(
      e => e.value as unknown[],
    )
    expect(visible.map(([, ids]) => ids)).toEqual(['0', '0', 'GPU-1,3', ''])
    expect(visible[1]?.[0]).toBe(visible[0]?.[0])
    expect(new Set(visible.map(([pid]) => pid)).size).toBe(3)
  })

  test('of other GPUs make room: no more are kept than worked at once', async () => {
    const { module, start } = await taskBench()
    const path = await module(PID)
    const { value } = await start(path).ending
    await start(path, null, { placement: { gpus: [{ id: '0', index: 0 }] } }).ending
    await expect.poll(() => isAlive(value as number)).toBe(false)
  })

  test('are pinned to the CPUs of the placement', async context => {
    skipUnless(context, process.platform === 'linux', 'taskset is there on Linux only')
    const { run } = await taskBench()
    const source = `import { readFileSync } from 'node:fs'
      export default () => /Cpus_allowed_list:\\s*(.*)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]`
    expect(await run(source, null, { placement: { cpus: [0] } })).toMatchObject({ value: '0' })
  })

  test('are replaced when their memory has grown, before the end is told', async () => {
    const { module, start } = await taskBench()
    const path = await module(`const kept: Buffer[] = []
      export default (mb: number) => {
        kept.push(Buffer.alloc(mb * 2 ** 20, 1))
        const until = performance.now() + 6
        while (performance.now() < until);
        return process.pid
      }`)
    const pids: unknown[] = []
    for (const mb of [1, 400, 1]) {
      const { value } = await start(path, mb).ending
      if (mb === 400) expect(isAlive(value as number)).toBe(false)
      pids.push(value)
    }
    expect(pids[1]).toBe(pids[0])
    expect(pids[2]).not.toBe(pids[0])
  })

  test('are replaced after so many tasks', async () => {
    const { module, start } = await taskBench({ tasksPerWorker: 3, workerLifeS: 0 })
    const path = await module(PID)
    const pids: unknown[] = []
    for (let i = 0; i < 7; i++) pids.push((await start(path).ending).value)
    expect(new Set(pids.slice(0, 3)).size).toBe(1)
    expect(new Set(pids).size).toBe(3)
  })

  test('started early are the ones that tasks get', async () => {
    const { executor, module, start } = await taskBench()
    executor.warm(2)
    const path = await module(PID)
    const jobs = await Promise.all([start(path).ending, start(path).ending, start(path).ending])
    expect(new Set(jobs.map(job => job.value)).size).toBe(3)
    expect(jobs.every(job => job.ok)).toBe(true)
  })

  test('leave nothing behind when they are closed, and kill what runs', async () => {
    const { executor, module, start } = await taskBench()
    const idle = await start(await module(PID)).ending
    const stuck = start(
      await module(`export default (_: unknown, { progress }) => { progress(0.1); for (;;); }`),
    )
    await stuck.progressed
    const { pid } = await stuck.started
    await executor.close()
    expect(await stuck.ending).toMatchObject({ ok: false, signal: 'SIGKILL' })
    expect([idle.value as number, pid ?? 0].map(isAlive)).toEqual([false, false])
    const late = start(await module(PID))
    expect((await late.ending).failure).toMatchObject({ reason: 'start' })
  })
})

describe('ending', () => {
  test('terminate aborts the signal, and the task decides', async () => {
    const { executor, module, start } = await taskBench()
    const job = start(
      await module(`export default (_: unknown, { signal, progress }) => new Promise(resolve => {
        signal.addEventListener('abort', () => resolve(signal.aborted))
        progress(0)
      })`),
    )
    await job.progressed
    executor.terminate(job.work.placement.id)
    expect(await job.ending).toMatchObject({ ok: true, value: true })
  })

  test('terminate before the module is loaded keeps the task from being called', async () => {
    const { executor, module, start } = await taskBench()
    const job = start(await module('export default () => 1'))
    executor.terminate(job.work.placement.id)
    expect(await job.ending).toMatchObject({ ok: false, failure: { name: 'AbortError' } })
  })

  test.for([false, true])(
    'kill ends a task that never pauses, and what it has started (detached: %s)',
    async (detached, context) => {
      skipUnless(context, process.platform === 'linux', 'needs /proc')
      const { executor, module, start, folder } = await taskBench()
      const job = start(
        await module(`import { spawn } from 'node:child_process'
        import { writeFileSync } from 'node:fs'
        export default (path: string, { progress }) => {
          const child = spawn('sh', ['-c', 'trap "" TERM HUP; sleep 60 & wait'], { detached: ${detached} })
          child.once('spawn', () => { writeFileSync(path, String(child.pid)); progress(0); for (;;); })
          return new Promise(() => {})
        }`),
        join(folder, 'child'),
      )
      await job.progressed
      const { pid } = await job.started
      const child = Number(await readFile(join(folder, 'child'), 'utf8'))
      executor.kill(job.work.placement.id)
      const ending = await job.ending
      expect(ending).toMatchObject({ ok: false, signal: 'SIGKILL' })
      expect(ending.failure?.message).toBe('worker ended by SIGKILL')
      expect(ending.durationS).toBeGreaterThan(0)
      expect([pid ?? 0, child].map(isAlive)).toEqual([false, false])
    },
  )

  test('unknown ids are ignored', async () => {
    const { executor } = await taskBench()
    executor.terminate('nobody#1')
    executor.kill('nobody#1')
    expect(executor.ramGb('nobody#1')).toBeNull()
  })

  test.for([false, true])(
    'processes that a task leaves running end before its end is told (detached: %s)',
    async (detached, context) => {
      skipUnless(context, process.platform === 'linux', 'needs /proc')
      const { run } = await taskBench()
      const ending = await run(`import { spawn } from 'node:child_process'
      export default async () => {
        const child = spawn('sleep', ['60'], { stdio: 'ignore', detached: ${detached} })
        await new Promise(resolve => child.once('spawn', resolve))
        return child.pid
      }`)
      expect(ending.ok).toBe(true)
      expect(isAlive(ending.value as number)).toBe(false)
    },
  )

  test('each start is told as started once and exited once', async () => {
    const { module, start } = await taskBench()
    const job = start(await module('export default () => 1'))
    await job.ending
    expect(job.reports.map(report => report.type)).toEqual(['job.started', 'job.exited'])
  })
})

describe('what a task is told', () => {
  test('stands in its context', async () => {
    const { run, folder } = await taskBench()
    const ending = await run(
      `import { statSync } from 'node:fs'
       export default (_: unknown, context) => {
         const { signal, log, progress, notRepresentative, ...rest } = context
         notRepresentative()
         return { ...rest, aborted: signal.aborted, isFolder: statSync(rest.jobDir).isDirectory() }
       }`,
      null,
      { id: 'a', placement: { attempt: 2, threads: 1.5, cores: [3], gpus: [{ id: 'GPU-x', index: 4 }] } },
    )
    const context = { id: 'a', name: 'name of a', attempt: 2, node: 'local', threads: 1.5, ramGb: 0.05 }
    const places = { cores: [3], gpus: ['GPU-x'], jobDir: join(folder, 'jobs', 'a'), runDir: folder }
    expect(ending).toMatchObject({ ok: true, representative: false })
    expect(ending.value).toEqual({ ...context, ...places, aborted: false, isFolder: true })
  })

  test('its environment and folder are its own', async () => {
    const { folder, module, start } = await taskBench({ env: { ...process.env, KEPT: 'kept' } })
    const path = await module(`export default () => {
      const { LONGSHORE_JOB_ID, OMP_NUM_THREADS, KEPT, OWN } = process.env
      return [LONGSHORE_JOB_ID, OMP_NUM_THREADS, KEPT, OWN, process.cwd()]
    }`)
    const cwd = await realpath(folder)
    const own = { id: 'own', job: { env: { KEPT: 'changed', OWN: 'own' }, cwd }, placement: { threads: 2.5 } }
    expect((await start(path, null, own).ending).value).toEqual(['own', '3', 'changed', 'own', cwd])
    expect((await start(path, null, { id: 'b' }).ending).value).toEqual([
      'b',
      '1',
      'kept',
      undefined,
      process.cwd(),
    ])
  })

  test('a folder that is missing is told as the reason', async () => {
    const { run } = await taskBench()
    const { failure } = await run(PID, null, { job: { cwd: '/no/such/folder' } })
    expect(failure).toMatchObject({ reason: 'start' })
    expect(failure?.message).toContain('cwd) /no/such/folder cannot be entered')
  })

  test('a task that removes its own folder harms nobody', async () => {
    const { run, folder } = await taskBench()
    const cwd = join(folder, 'gone')
    await mkdir(cwd)
    const remove = `import { rmdirSync } from 'node:fs'\nexport default (path: string) => rmdirSync(path)`
    expect(await run(remove, cwd, { job: { cwd } })).toMatchObject({ ok: true })
    expect(await run('export default () => process.cwd()')).toMatchObject({ value: process.cwd() })
  })
})

describe('what a task says', () => {
  test('goes to its logs, in order, and a silent task has none', async () => {
    const { module, start, folder } = await taskBench()
    const path = await module(`export default (says: boolean, { log }) => {
      if (!says) return
      console.log('one'); log('two', { three: 3 }); process.stdout.write('four\\n'); console.error('bad')
    }`)
    await start(path, true, { id: 'loud' }).ending
    await start(path, false, { id: 'silent' }).ending
    await start(path, true, { id: 'loud' }).ending
    const out = 'one\ntwo { three: 3 }\nfour\n'
    expect(await readFile(join(folder, 'logs/loud.out'), 'utf8')).toBe(out + out)
    expect(await readFile(join(folder, 'logs/loud.err'), 'utf8')).toBe('bad\nbad\n')
    expect(existsSync(join(folder, 'logs/silent.out'))).toBe(false)
  })

  test('reaches its logs also from a child process', async () => {
    const { run, folder } = await taskBench()
    const source = `import { spawnSync } from 'node:child_process'
      export default () => spawnSync('sh', ['-c', 'echo out; echo err >&2'], { stdio: 'inherit' }).status`
    expect(await run(source, null, { id: 'parent' })).toMatchObject({ value: 0 })
    const log = (name: string) => readFile(join(folder, 'logs', name), 'utf8').catch(() => '')
    await expect.poll(() => log('parent.out')).toBe('out\n')
    await expect.poll(() => log('parent.err')).toBe('err\n')
  })

  test('as its progress is heard, once for what is the same', async () => {
    const { module, start } = await taskBench()
    const job = start(
      await module(`export default (_: unknown, { progress }) => {
        for (let i = 0; i < 1000; i++) progress(0.25)
        progress(2)
      }`),
    )
    await job.ending
    const fractions = job.reports.flatMap(report =>
      report.type === 'job.progressed' ? [report.fraction] : [],
    )
    expect(fractions).toEqual([0.25, 1])
  })

  test('progress that is no number fails the task', async () => {
    const { run } = await taskBench()
    const { failure } = await run(`export default (_: unknown, { progress }) => progress('half')`)
    expect(failure?.message).toBe('Expected progress(fraction) to be given a number in [0, 1], got half')
  })

  test('in its output file are its results', async () => {
    const { run } = await taskBench()
    const ending = await run(`import { execFile } from 'node:child_process'
      import { promisify } from 'node:util'
      export default async () => {
        await promisify(execFile)('sh', ['-c', 'echo score=0.9 >> "$LONGSHORE_OUTPUT"; echo representative=false >> "$LONGSHORE_OUTPUT"'])
      }`)
    expect(ending).toMatchObject({ ok: true, results: { score: '0.9' }, representative: false })
  })
})

describe('memory', () => {
  test('the peak of a task is its own, not that of the task before it', async context => {
    skipUnless(context, process.platform === 'linux', 'needs /proc')
    const { module, start } = await taskBench({ ramGrowthFactor: 1000 })
    const path = await module(`export default (mb: number) => {
      let block: Buffer | null = Buffer.alloc(mb * 2 ** 20, 1)
      const until = performance.now() + 10
      while (performance.now() < until);
      block = null
      global.gc?.()
    }`)
    const peaks: (number | null)[] = []
    for (const mb of [1, 300, 1]) peaks.push((await start(path, mb).ending).peakRamGb)
    const [before = null, large = null] = peaks
    expect(before).toBeGreaterThan(0.02)
    expect(large).toBeGreaterThan((before ?? 0) + 0.28)
  })

  test('of a task that is over at once is not known', async () => {
    const { module, start } = await taskBench()
    const path = await module('export default () => {}')
    await start(path).ending
    expect(await start(path).ending).toMatchObject({ peakRamGb: null })
  })

  test('that the children of a running task hold is seen', async context => {
    skipUnless(context, process.platform === 'linux', 'needs /proc')
    const { executor, module, start } = await taskBench()
    const job = start(
      await module(`import { spawn } from 'node:child_process'
        export default (_: unknown, { signal }) => new Promise(resolve => {
          const code = 'const b = Buffer.alloc(2 ** 28, 1); setInterval(() => b.length, 1e6)'
          const child = spawn(process.execPath, ['-e', code], { stdio: 'ignore' })
          signal.addEventListener('abort', () => child.kill('SIGKILL'))
          child.once('exit', resolve)
        })`),
    )
    await expect.poll(() => executor.ramGb(job.work.placement.id), { timeout: 10_000 }).toBeGreaterThan(0.25)
    executor.terminate(job.work.placement.id)
    expect((await job.ending).peakRamGb).toBeGreaterThan(0.25)
  })
})
