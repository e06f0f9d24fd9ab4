import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ask } from '../../src/control/client.ts'
import { createScheduler, type Scheduler } from '../../src/index.ts'
import { PROGRAM } from '../cli/support/longshore.ts'
import { Desk } from '../resume/support.ts'

const QUIET = [
  '--reports',
  'json',
  '--no-history',
  '--capacity',
  'threads=1,ramGb=1',
  '--run-dir',
  'run',
] as const

/** Waits for a file of that name in the desk's folder. */
function until(name: string): string {
  return `while [ ! -e ${name} ]; do sleep 0.02; done`
}

async function aScheduler(runDir: string): Promise<Scheduler> {
  const scheduler = await createScheduler({ runDir, capacity: { threads: 1, ramGb: 1 }, history: false })
  onTestFinished(() => scheduler.close())
  return scheduler
}

describe('a scheduler that is stopped', () => {
  it('is told to whoever asks it, who does not wait for ever', async () => {
    const desk = new Desk()
    const run = desk.start('run', ...QUIET, '--', 'sh', '-c', until('go'))
    await expect.poll(() => desk.commands().length, { timeout: 20_000 }).toBe(1)
    run.child.kill('SIGSTOP')
    const { pid } = run.child
    for (const order of ['status', 'pause'])
      expect(await desk.call(order, 'run')).toMatchObject({
        status: 2,
        stderr: `Process ${pid}, which runs ${desk.runDir}, is stopped: kill -CONT ${pid} lets it go on.\n`,
      })
    run.child.kill('SIGCONT')
    writeFileSync(desk.path('go'), '')
    expect(await run.closed).toBe(0)
  })
})

/** Bytes that a process has read. */
function rchar(pid = 0): number {
  return Number(/^rchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1])
}

describe('a run from another terminal', () => {
  it('tells where it stands, takes jobs and orders, and shows logs while they are written', async () => {
    const desk = new Desk()
    const file = desk.jobs([
      { id: 'first', timeS: 9, command: `echo one; ${until('go')}; echo two` },
      { id: 'second', timeS: 8, command: 'echo ran >> second' },
      { id: 'third', timeS: 7, command: 'echo ran >> third' },
    ])
    const run = desk.start('run', ...QUIET, file)
    await expect.poll(() => desk.text('run/logs/first.out'), { timeout: 20_000 }).toBe('one\n')
    const { stdout: status } = await desk.call('status', 'run')
    expect(status).toMatch(/state {6}running, by process \d+ on .*, since /)
    expect(status).toContain('jobs       3: 1 running, 2 waiting')
    expect(status).toMatch(/running {4}first \(.*\): .*/)
    const logs = desk.start('logs', '-f', 'run', 'first')
    await logs.says('one')
    expect(await desk.call('cancel', 'run', 'second')).toMatchObject({
      status: 0,
      stderr: '1 told to end.\n',
    })
    expect(await desk.call('cancel', 'run', 'nobody')).toMatchObject({ status: 2 })
    const added = await desk.call('add', 'run', '--name', 'fourth', '--', 'sh', '-c', 'echo ran >> fourth')
    expect(added).toMatchObject({ status: 0, stdout: expect.stringMatching(/^[0-9a-f]{8}\n$/) })
    expect(await desk.call('pause', 'run')).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse((await desk.call('status', '--json', 'run')).stdout)).toMatchObject({ state: 'paused' })
    expect(await desk.call('continue', 'run')).toMatchObject({ status: 0 })
    writeFileSync(desk.path('go'), '')
    await logs.closed
    expect(logs.said.stdout).toBe('one\ntwo\n')
    await run.closed
    expect([desk.text('second'), desk.text('third'), desk.text('fourth')]).toEqual(['', 'ran\n', 'ran\n'])
    expect((await desk.call('status', 'run')).stdout).toMatch(
      /state {6}ended; last process .*\n {2}jobs {7}4: 3 succeeded, 1 cancelled\n/,
    )
    const pause = await desk.call('pause', 'run')
    expect(pause).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^No scheduler runs .*longshore resume/),
    })
    expect(await desk.call('logs', 'run', '../journal')).toMatchObject({
      status: 2,
      stderr: 'No job "../journal" in this run.\n',
    })
    expect(await desk.call('logs', 'run', 'secon')).toMatchObject({
      status: 2,
      stderr: 'No job "secon" in this run: did you mean "second"?\n',
    })
    expect((await desk.call('logs', 'run', 'second')).stderr).toMatch(
      /^job "second" of .* has not been started/,
    )
  })

  it('knows jobs by their names, where these are their own, and tells which have failed', async () => {
    const desk = new Desk()
    writeFileSync(desk.path('still.mjs'), 'export default () => {}')
    const file = desk.jobs([
      { id: 'still', task: 'still.mjs' },
      { id: 'a', name: 'fit 1', timeS: 9, command: 'echo one; echo no data >&2; exit 3' },
      { id: 'b', name: 'twin', timeS: 8, command: 'true' },
      { id: 'c', name: 'twin', timeS: 7, command: 'true' },
    ])
    expect(await desk.call('run', ...QUIET, file)).toMatchObject({ status: 1 })
    expect(await desk.call('logs', 'run', 'fit 1')).toMatchObject({ status: 0, stdout: 'one\n' })
    expect(await desk.call('logs', 'run', 'still')).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^job "still" of .* has written nothing there\n$/),
    })
    expect((await desk.call('explain', 'run', 'fit 1')).stdout).toMatch(/^fit 1 \(a\) failed at /)
    expect(await desk.call('explain', 'run', 'twin')).toMatchObject({
      status: 2,
      stderr: 'twin: several jobs have this name: name one by its id, b, c\n',
    })
    const { stdout } = await desk.call('status', 'run')
    expect(stdout).toMatch(/state {6}ended; last process .*\n {2}jobs {7}4: 3 succeeded, 1 failed\n/)
    expect(stdout).toMatch(/\n {2}failed {5}a \(fit 1\): exit code 3, after .*\n$/)
    expect((await desk.call('resume', 'run', '--reports', 'none')).stderr).toContain(
      `longshore resume --retry-failed ${desk.runDir} does that`,
    )
  })

  it('ends the jobs that there are, and says of the others that there are none', async () => {
    const runDir = new Desk().runDir
    const scheduler = await aScheduler(runDir)
    scheduler.add(['first', 'second', 'third'].map(id => ({ id, group: 'all', command: 'true' })))
    const cancel = (...ids: string[]) => ask(runDir, { op: 'cancel', ids })
    await expect(cancel('first', 'secund')).rejects.toThrow(
      'No job "secund" in this run: did you mean "second"?\n1 told to end.',
    )
    expect(await cancel('first', 'second')).toBe(1)
    expect(await ask(runDir, { op: 'cancel', group: 'nobody' })).toBe(0)
    expect(scheduler.progress().counts).toMatchObject({ cancelled: 2, pending: 1 })
  })

  it('says of jobs that are added where in their file they are wrong, and that they wait', async () => {
    const desk = new Desk()
    const scheduler = await aScheduler(desk.runDir)
    scheduler.add({ id: 'second', command: 'true' })
    const file = desk.jobs([
      { id: 'first', command: 'true' },
      { id: 'second', command: 'true' },
    ])
    expect(await desk.call('add', 'run', file)).toMatchObject({
      status: 2,
      stderr: 'jobs.jsonl:2: expected id to be unique in a run, but "second" is the id of another job\n',
    })
    const running = scheduler.run()
    scheduler.pause()
    expect((await desk.call('add', 'run', '--', 'true')).stderr).toContain('paused: longshore continue run')
    expect(await desk.call('cancel', 'run', '--group', 'nobody')).toMatchObject({
      status: 0,
      stderr: '0 told to end: no job of group "nobody" is left.\n',
    })
    scheduler.continue()
    await running
  })

  it('is drained: what runs comes to its end, what waits is left for whoever resumes', async () => {
    const desk = new Desk()
    const file = desk.jobs([
      { id: 'first', timeS: 9, command: `echo ran >> first; ${until('go')}` },
      { id: 'second', timeS: 8, command: 'echo ran >> second' },
    ])
    const run = desk.start('run', ...QUIET, file)
    await expect.poll(() => desk.text('first'), { timeout: 20_000 }).toBe('ran\n')
    expect(await desk.call('drain', 'run')).toMatchObject({ status: 0 })
    expect((await desk.call('add', 'run', '--', 'true')).stderr).toContain('kept for longshore resume')
    writeFileSync(desk.path('go'), '')
    expect(await run.closed).toBe(1)
    expect(desk.text('second')).toBe('')
    expect((await desk.call('status', 'run')).stdout).toContain('jobs       3: 1 succeeded, 2 waiting')
  })

  it('shows a log of any size without holding it, and ends with whoever reads it', async () => {
    const desk = new Desk()
    await desk.call('run', ...QUIET, '--name', 'big', '--', 'head', '-c', '300000000', '/dev/zero')
    const logs = spawn(process.execPath, [PROGRAM, 'logs', 'run', 'big'], {
      cwd: desk.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    onTestFinished(() => void logs.kill('SIGKILL'))
    let said = ''
    logs.stderr.on('data', chunk => {
      said += chunk
    })
    await once(logs.stdout, 'readable')
    // Nobody reads on, so nothing more than fits into pipes and buffers is read of the log.
    await expect.poll(() => rchar(logs.pid)).toBeGreaterThan(2 ** 20)
    expect(rchar(logs.pid)).toBeLessThan(100e6)
    logs.stdout.destroy()
    expect(await once(logs, 'exit')).toEqual([0, null])
    expect(said).toBe('')
  })

  it('is among those that ps lists', async () => {
    const desk = new Desk()
    for (const name of ['one', 'two'])
      await desk.call('run', '--reports', 'none', '--run-dir', `longshore-runs/${name}`, '--', 'true')
    await desk.call('status', 'longshore-runs/one')
    const { stdout } = await desk.call('ps')
    // The latest first, whoever has looked at the others since; and it is the one that status is about by itself.
    expect(stdout).toBe('two  ended  1 job: 1 succeeded\none  ended  1 job: 1 succeeded\n')
    expect((await desk.call('status')).stdout).toContain(desk.path('longshore-runs/two'))
  })

  it('is reached by its user alone, however long the path of its folder is', async () => {
    const desk = new Desk()
    const runDir = join(desk.folder, 'a'.repeat(60), 'b'.repeat(60), 'run')
    mkdirSync(join(runDir, '..'), { recursive: true })
    const scheduler = await aScheduler(runDir)
    expect(statSync(join(runDir, 'control.sock')).mode & 0o777).toBe(0o600)
    expect(statSync(runDir).mode & 0o777).toBe(0o700)
    expect(await ask(runDir, { op: 'status' })).toMatchObject({ state: 'ready', counts: { total: 0 } })
    await scheduler.close()
    await expect(ask(runDir, { op: 'status' })).rejects.toThrow(/No scheduler runs/)
  })

  it('takes jobs only as a job file could hold them', async () => {
    const runDir = new Desk().runDir
    const scheduler = await aScheduler(runDir)
    const add = (...jobs: Record<string, unknown>[]) => ask(runDir, { op: 'add', jobs })
    await expect(add({ command: 'true', threads: -1 })).rejects.toThrow(
      /jobs\[0\]: expected threads to be a number > 0/,
    )
    await expect(add({ command: 'true' }, { command: 'true', threads: 9 })).rejects.toThrow(/can never run/)
    // This is how a job looks that counts as checked.
    const checked = { id: '../../x', name: 'x', run: { kind: 'command', command: 'true' }, request: {} }
    await expect(add(checked)).rejects.toThrow(/jobs\[0\]/)
    expect(scheduler.progress().counts.total).toBe(0)
    expect(await add({ id: 'good', command: 'true' })).toEqual(['good'])
  })

  it('answers whatever is sent to it, a line each, and goes on', async () => {
    const runDir = new Desk().runDir
    const scheduler = await aScheduler(runDir)
    const socket = connect(join(runDir, 'control.sock'))
    const answers = createInterface({ input: socket })[Symbol.asyncIterator]()
    const request = fc.record(
      {
        v: fc.oneof(fc.constant(1), fc.jsonValue()),
        op: fc.oneof(fc.constantFrom('status', 'cancel', 'add', 'explain', 'nothing'), fc.jsonValue()),
        ids: fc.jsonValue(),
        jobs: fc.oneof(
          fc.array(fc.dictionary(fc.constantFrom('id', 'command', 'run', 'request'), fc.jsonValue())),
          fc.jsonValue(),
        ),
        id: fc.oneof(fc.string(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    const line = fc.oneof(
      fc.string().filter(text => text.trim() !== '' && !text.includes('\n')),
      fc.json(),
      request.map(value => JSON.stringify(value)),
    )
    await fc.assert(
      fc.asyncProperty(line, async text => {
        socket.write(`${text}\n`)
        const { value } = await answers.next()
        const answer = JSON.parse(String(value))
        expect(answer).toHaveProperty('ok')
        if (!answer.ok) expect(answer.error).not.toContain('\n    at ')
      }),
      { numRuns: 300 },
    )
    socket.destroy()
    expect(await ask(runDir, { op: 'status' })).toMatchObject({ state: 'ready' })
    expect(scheduler.actor.getSnapshot().status).toBe('active')
  })

  it('refuses another version of the protocol by its number', async () => {
    const runDir = new Desk().runDir
    await aScheduler(runDir)
    const socket = connect(join(runDir, 'control.sock'))
    socket.write('{"v":2,"op":"status"}\n')
    const [answer] = await once(createInterface({ input: socket }), 'line')
    expect(JSON.parse(String(answer))).toEqual({
      v: 1,
      ok: false,
      error: 'this run speaks version 1 of the protocol, not 2',
    })
    socket.destroy()
  })
})
