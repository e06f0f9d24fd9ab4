import { chmodSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commandExecutor, isAlive, printedVariables, temporaryFolder } from './harness.ts'

/** Ignores TERM, says so by its progress, and stays. */
const IGNORES_TERM = "trap '' TERM; echo progress=0.5 > $LONGSHORE_OUTPUT; exec sleep 1000"

describe('a command', () => {
  it('is told as started with its pid, then as exited, once each', async () => {
    const { run, executor } = commandExecutor()
    const attempt = run({ command: ['sh', '-c', 'echo $$'] })
    const ending = await attempt.exited
    expect(attempt.reports.map(({ type }) => type)).toEqual(['job.started', 'job.exited'])
    expect(attempt.reports[0]).toEqual({
      type: 'job.started',
      placementId: 'job-1#1',
      at: 42,
      pid: Number(attempt.stdout()),
    })
    expect(ending).toMatchObject({ ok: true, exitCode: 0, signal: null, representative: true, results: {} })
    expect(ending).not.toHaveProperty('failure')
    expect(ending.durationS).toBeGreaterThan(0)
    expect(executor.ramGb?.('job-1#1')).toBeNull()
  })

  it('that ends with an exit code other than 0 has failed with it', async () => {
    const ending = await commandExecutor().run({ command: 'exit 3' }).exited
    expect(ending).toMatchObject({
      ok: false,
      exitCode: 3,
      signal: null,
      failure: { reason: 'exit', message: 'exit code 3' },
    })
  })

  it('that is ended by a signal has failed by it', async () => {
    const ending = await commandExecutor().run({ command: 'kill -SEGV $$' }).exited
    expect(ending).toMatchObject({
      ok: false,
      exitCode: null,
      signal: 'SIGSEGV',
      failure: { reason: 'signal', message: 'ended by SIGSEGV' },
    })
  })

  it('given as a list is run without a shell, given as a text by one', async () => {
    const { run } = commandExecutor()
    const list = run({ command: ['echo', '$HOME', '*', 'a  b'] })
    const text = run({ command: 'echo one; echo two >&2', env: {} })
    await Promise.all([list.exited, text.exited])
    expect(list.stdout()).toBe('$HOME * a  b\n')
    expect([text.stdout(), text.stderr()]).toEqual(['one\n', 'two\n'])
  })

  it('has no standard input', async () => {
    const attempt = commandExecutor().run({ command: ['cat'] })
    expect(await attempt.exited).toMatchObject({ ok: true })
    expect(attempt.stdout()).toBe('')
  })

  it('writes 100 MB of output straight into its log', async () => {
    const attempt = commandExecutor().run({ command: ['head', '-c', '104857600', '/dev/zero'] })
    expect(await attempt.exited).toMatchObject({ ok: true })
    expect(statSync(attempt.work.paths.stdout).size).toBe(104_857_600)
  })

  it('runs in its working folder, with a folder of its own to write to', async () => {
    const cwd = temporaryFolder()
    const attempt = commandExecutor().run({ command: 'pwd; cd "$LONGSHORE_JOB_DIR" && pwd', cwd })
    expect(await attempt.exited).toMatchObject({ ok: true })
    expect(attempt.stdout()).toBe(`${cwd}\n${attempt.work.paths.jobDir}\n`)
  })

  it('sees the caller’s environment, what it is told, and its own variables on top', async () => {
    const env = {
      PATH: process.env['PATH'],
      KEPT: 'a=b',
      REPLACED: 'old',
      UNSET: undefined,
      OMP_NUM_THREADS: '7',
    }
    const { run } = commandExecutor({ env })
    const attempt = run({
      command: ['env'],
      threads: 2.5,
      env: { REPLACED: 'new' },
      gpus: [{ index: 0, id: 'GPU-1' }],
    })
    await attempt.exited
    const seen = printedVariables(attempt.stdout())
    expect(seen).toMatchObject({
      KEPT: 'a=b',
      REPLACED: 'new',
      OMP_NUM_THREADS: '7',
      MKL_NUM_THREADS: '3',
      LONGSHORE_JOB_ID: 'job-1',
      LONGSHORE_JOB_DIR: attempt.work.paths.jobDir,
      CUDA_VISIBLE_DEVICES: 'GPU-1',
    })
    expect(seen).not.toHaveProperty('UNSET')
    expect(Object.keys(seen).filter(name => name.startsWith('NODE_'))).toEqual([])
  })

  it('gives results, and says that its duration teaches nothing, in its output file', async () => {
    const command = 'printf "loss=0.25\\nrepresentative=false\\nprogress=1\\n" > $LONGSHORE_OUTPUT'
    const ending = await commandExecutor().run({ command }).exited
    expect(ending).toMatchObject({ ok: true, representative: false, results: { loss: '0.25' } })
  })

  it('may put anything in the place of its output file', async () => {
    const { run } = commandExecutor()
    const ending = await run({ command: 'mkdir $LONGSHORE_OUTPUT' }).exited
    expect(ending).toMatchObject({ ok: true, results: {} })
    const again = await run({ command: 'ln -s $LONGSHORE_OUTPUT $LONGSHORE_OUTPUT' }).exited
    expect(again).toMatchObject({ ok: true, results: {} })
  })

  it('that is run again starts without the results of the last attempt, and adds to its log', async () => {
    const { run } = commandExecutor()
    const first = run({ id: 'same', command: 'echo first; echo loss=1 > $LONGSHORE_OUTPUT; exit 1' })
    expect((await first.exited).results).toEqual({ loss: '1' })
    const second = run({ id: 'same', attempt: 2, command: 'echo second' })
    expect((await second.exited).results).toEqual({})
    expect(second.stdout()).toBe('first\nsecond\n')
  })

  it('tells its progress while it runs', async () => {
    const { run, executor } = commandExecutor()
    const attempt = run({ command: 'echo progress=0.4 > $LONGSHORE_OUTPUT; exec sleep 1000' })
    expect(await attempt.progressed).toBe(0.4)
    executor.kill(attempt.work.placement.id)
    expect(await attempt.exited).toMatchObject({ signal: 'SIGKILL' })
  })
})

describe('a command that cannot be started', () => {
  it('fails at once when there is no such program, and says where it was looked for', async () => {
    const attempt = commandExecutor({ env: { PATH: '/nowhere:/neither' } }).run({ command: ['frobnicate'] })
    const ending = await attempt.exited
    expect(ending.failure).toEqual({
      reason: 'start',
      message: 'no such program: frobnicate (looked in PATH /nowhere:/neither)',
    })
    expect(attempt.reports.map(({ type }) => type)).toEqual(['job.exited'])
  })

  it('fails when the program may not be run', async () => {
    const script = join(temporaryFolder(), 'script.sh')
    writeFileSync(script, '#!/bin/sh\n')
    chmodSync(script, 0o644)
    const ending = await commandExecutor().run({ command: [script] }).exited
    expect(ending.failure?.reason).toBe('start')
    expect(ending.failure?.message).toBe(
      `no permission to run ${script}: expected an executable file (chmod +x makes it one)`,
    )
  })

  it('fails when its working folder does not exist, whatever the program', async () => {
    const cwd = join(temporaryFolder(), 'gone')
    const { run } = commandExecutor()
    const endings = await Promise.all([
      run({ command: ['true'], cwd }).exited,
      run({ command: 'exit 0', cwd }).exited,
    ])
    for (const { failure } of endings)
      expect(failure).toEqual({ reason: 'start', message: `working folder ${cwd} does not exist` })
  })

  it('fails when the interpreter of a script is missing', async () => {
    const script = join(temporaryFolder(), 'script')
    writeFileSync(script, '#!/nowhere/python\n', { mode: 0o755 })
    const ending = await commandExecutor().run({ command: [script] }).exited
    expect(ending.failure).toEqual({
      reason: 'start',
      message: `could not start ${script}: the interpreter that its first line (#!) names does not exist`,
    })
  })

  it('fails when its logs cannot be written, and names the file', async () => {
    const { run, runDir } = commandExecutor()
    writeFileSync(join(runDir, 'logs'), 'a file where the folder of the logs should be')
    const ending = await run({ command: ['true'] }).exited
    expect(ending.failure?.reason).toBe('start')
    expect(ending.failure?.message).toContain(join(runDir, 'logs'))
  })

  it('fails when its working folder is a file', async () => {
    const ending = await commandExecutor().run({ command: ['true'], cwd: '/etc/hostname' }).exited
    expect(ending.failure?.message).toBe('working folder /etc/hostname is no folder')
  })

  it('fails when it is longer than the system allows', async () => {
    const ending = await commandExecutor().run({ command: ['echo', 'x'.repeat(4_000_000)] }).exited
    expect(ending.failure?.reason).toBe('start')
    expect(ending.failure?.message).toContain('longer than the system allows')
  })
})

describe('ending a command', () => {
  it('terminates it and all of its process group', async () => {
    const { run, executor } = commandExecutor()
    const attempt = run({
      command: 'sleep 1000 & echo $!; echo progress=1 > $LONGSHORE_OUTPUT; wait; exit 0',
    })
    await attempt.progressed
    executor.terminate(attempt.work.placement.id)
    expect(await attempt.exited).toMatchObject({ ok: false, signal: 'SIGTERM' })
    expect(isAlive(Number(attempt.stdout()))).toBe(false)
  })

  it('kills one that ignores TERM', async () => {
    const { run, executor } = commandExecutor()
    const attempt = run({ command: IGNORES_TERM })
    await attempt.progressed
    executor.terminate(attempt.work.placement.id)
    expect(isAlive(await attempt.started)).toBe(true)
    executor.kill(attempt.work.placement.id)
    expect(await attempt.exited).toMatchObject({ ok: false, signal: 'SIGKILL' })
  })

  it('ends one that is stopped by TERM alone', async () => {
    const { run, executor } = commandExecutor()
    const attempt = run({ command: ['sleep', '1000'] })
    process.kill(await attempt.started, 'SIGSTOP')
    executor.terminate(attempt.work.placement.id)
    expect(await attempt.exited).toMatchObject({ ok: false, signal: 'SIGTERM' })
  })

  it('knows no id that it was never given, or that has ended', async () => {
    const { run, executor } = commandExecutor()
    const attempt = run({ command: ['true'] })
    await attempt.exited
    executor.terminate(attempt.work.placement.id)
    executor.kill('never#1')
    expect(await run({ command: ['true'] }).exited).toMatchObject({ ok: true })
  })

  it('ends a grandchild that outlives its parent before the job is told as ended', async () => {
    const attempt = commandExecutor().run({ command: 'sleep 1000 & echo $!' })
    expect(await attempt.exited).toMatchObject({ ok: true, exitCode: 0 })
    expect(isAlive(Number(attempt.stdout()))).toBe(false)
  })

  it('kills a grandchild that ignores TERM after the grace', async () => {
    const attempt = commandExecutor().run({ command: "trap '' TERM; sleep 1000 & echo $!" })
    expect(await attempt.exited).toMatchObject({ ok: true })
    expect(isAlive(Number(attempt.stdout()))).toBe(false)
  })

  it('kills such a grandchild without any grace when it is asked to', async () => {
    const { run, executor } = commandExecutor({ graceS: 1000 })
    const attempt = run({
      command: `(${IGNORES_TERM}) & echo $!; cd $LONGSHORE_JOB_DIR; while [ ! -e go ]; do sleep 0.01; done`,
    })
    const leader = await attempt.started
    await attempt.progressed
    writeFileSync(join(attempt.work.paths.jobDir, 'go'), '')
    await expect.poll(() => isAlive(leader), { timeout: 10_000 }).toBe(false)
    expect(isAlive(Number(attempt.stdout()))).toBe(true)
    executor.kill(attempt.work.placement.id)
    expect(await attempt.exited).toMatchObject({ ok: true, exitCode: 0 })
    expect(isAlive(Number(attempt.stdout()))).toBe(false)
  })

  it('closes by killing what still runs, and starts nothing any more', async () => {
    const { run, executor } = commandExecutor()
    const attempt = run({ command: IGNORES_TERM })
    const pid = await attempt.started
    await executor.close()
    expect(isAlive(pid)).toBe(false)
    expect(attempt.reports.at(-1)?.type).toBe('job.exited')
    const late = await run({ command: ['true'] }).exited
    expect(late.failure).toEqual({ reason: 'start', message: 'the executor is closed' })
  })
})

describe('a command that ran out of memory', () => {
  const FILL = 'const all = []; for (;;) all.push(new Array(1000).fill(all.length))'

  it('is known by what it said last', async () => {
    const command = [process.execPath, '--max-old-space-size=24', '-e', FILL]
    const { failure } = await commandExecutor().run({ command }).exited
    expect(failure).toMatchObject({ ranOut: 'ram' })
    expect(failure?.message).toMatch(
      /^ended by SIGABRT, out of memory \(FATAL ERROR: .*heap out of memory\)$/,
    )
  })

  it('is not taken for one that was killed for another reason', async () => {
    const { failure } = await commandExecutor().run({ command: 'echo MemoryError; exec true' }).exited
    expect(failure).toBeUndefined()
    const killed = await commandExecutor().run({ command: 'kill -9 $$' }).exited
    expect(killed.failure).toEqual({ reason: 'signal', message: 'ended by SIGKILL' })
  })
})

describe('many commands', () => {
  it('run 200 at once, each with an ending of its own', async () => {
    const { run, executor } = commandExecutor()
    const attempts = Array.from({ length: 200 }, () => run({ command: ['sleep', '1000'] }))
    const pids = await Promise.all(attempts.map(({ started }) => started))
    expect(new Set(pids.filter(isAlive)).size).toBe(200)
    for (const { work } of attempts) executor.terminate(work.placement.id)
    const endings = await Promise.all(attempts.map(({ exited }) => exited))
    expect(endings.every(({ signal }) => signal === 'SIGTERM')).toBe(true)
    expect(pids.filter(isAlive)).toEqual([])
  })
})
