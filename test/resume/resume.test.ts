import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createScheduler } from '../../src/index.ts'
import { checkInvariants } from '../../src/testing/index.ts'
import { isAlive } from '../actors/command/harness.ts'
import { Desk } from './support.ts'

const QUIET = ['--reports', 'json', '--no-history'] as const
const THREADS = ['--capacity', 'threads=2,ramGb=4'] as const

/** Waits for a file of that name in the desk's folder. */
function until(name: string): string {
  return `while [ ! -e ${name} ]; do sleep 0.02; done`
}

describe('a scheduler that is killed', () => {
  it('leaves its commands running: the next one takes over what runs, and collects what has ended', async () => {
    const desk = new Desk()
    const file = desk.jobs([
      { id: 'ends', timeS: 9, command: `echo ran >> ends; ${until('go-1')}; echo out` },
      { id: 'runs', timeS: 8, command: `echo ran >> runs; ${until('go-2')}; echo out` },
      { id: 'waits', timeS: 7, command: 'echo ran >> waits' },
    ])
    const first = desk.start('run', ...QUIET, ...THREADS, '--run-dir', 'run', file)
    await expect.poll(() => desk.commands().length, { timeout: 20_000 }).toBe(2)
    await first.kill()
    writeFileSync(desk.path('go-1'), '')
    await expect.poll(() => desk.text('run/logs/ends.out'), { timeout: 20_000 }).toBe('out\n')
    await expect.poll(() => ended(desk, 'ends'), { timeout: 20_000 }).toBe(true)
    const next = desk.start('resume', ...QUIET, ...THREADS, 'run')
    await next.says('1 still running, 1 ended meanwhile, 1 to run')
    await next.says('"id":"waits"')
    writeFileSync(desk.path('go-2'), '')
    expect(await next.closed).toBe(0)
    expect([desk.text('ends'), desk.text('runs'), desk.text('waits')]).toEqual(['ran\n', 'ran\n', 'ran\n'])
    expect(desk.statuses()).toEqual({ ends: ['succeeded'], runs: ['succeeded'], waits: ['succeeded'] })
    expect(desk.results().map(({ attempts }) => attempts)).toEqual([1, 1, 1])
    expect(existsSync(join(desk.runDir, 'launchers'))).toBe(false)
  })

  it('leaves no process behind when its commands have ended and nobody comes', async () => {
    const desk = new Desk()
    const file = desk.jobs([{ id: 'a', command: until('go') }])
    const first = desk.start('run', ...QUIET, '--run-dir', 'run', file)
    await expect.poll(() => desk.commands().length, { timeout: 20_000 }).toBe(1)
    const pids = [...desk.launchers(), ...desk.commands()]
    await first.kill()
    expect(pids.filter(isAlive)).toEqual(pids)
    writeFileSync(desk.path('go'), '')
    await expect.poll(() => pids.filter(isAlive), { timeout: 20_000 }).toEqual([])
    expect(ended(desk, 'a')).toBe(true)
  })

  it('is followed by one that gives nothing to others that its commands hold', async () => {
    const desk = new Desk()
    const file = desk.jobs([
      { id: 'a', timeS: 9, command: until('go') },
      { id: 'b', timeS: 8, command: until('go') },
      { id: 'c', timeS: 7, command: 'true' },
    ])
    const first = desk.start('run', ...QUIET, ...THREADS, '--run-dir', 'run', file)
    await expect.poll(() => desk.commands().length, { timeout: 20_000 }).toBe(2)
    await first.kill()
    // Less than what runs already: it keeps what it holds, and nothing is placed beside it.
    const scheduler = await createScheduler({
      resume: true,
      runDir: desk.runDir,
      capacity: { threads: 1, ramGb: 4 },
    })
    try {
      const run = scheduler.run()
      checkInvariants({ actor: scheduler.actor })
      const { nodes, running, progress } = scheduler.picture()
      expect(running.map(({ id }) => id).sort()).toEqual(['a', 'b'])
      expect(nodes[0]?.threads).toEqual({ used: 2, capacity: 2 })
      expect(progress.counts).toMatchObject({ running: 2, pending: 1 })
      writeFileSync(desk.path('go'), '')
      expect((await run).counts).toMatchObject({ succeeded: 3 })
    } finally {
      await scheduler.close()
    }
  })

  it('with its launchers loses what ran: it is ended, and run again without counting as a retry', async () => {
    const desk = new Desk()
    // With flock a second one at the same time would fail.
    const command = `flock -n lock sh -c 'echo ran >> ran; ${until('go')}'`
    const first = desk.start('run', ...QUIET, '--run-dir', 'run', desk.jobs([{ id: 'a', command }]))
    await expect.poll(() => desk.commands().length, { timeout: 20_000 }).toBe(1)
    const pids = desk.commands()
    for (const pid of desk.launchers()) process.kill(pid, 'SIGSTOP')
    await first.kill()
    for (const pid of desk.launchers()) process.kill(pid, 'SIGKILL')
    await expect.poll(() => desk.launchers().filter(isAlive), { timeout: 20_000 }).toEqual([])
    expect(pids.filter(isAlive)).toEqual(pids)
    const next = desk.start('resume', ...QUIET, 'run')
    await next.says('1 to run, 1 of them again since nobody knows')
    expect(pids.filter(isAlive)).toEqual([])
    writeFileSync(desk.path('go'), '')
    expect(await next.closed).toBe(0)
    expect(desk.text('ran')).toBe('ran\nran\n')
    expect(desk.results()).toMatchObject([{ id: 'a', status: 'succeeded', attempts: 1 }])
  })

  it('loses tasks that ran: they are run again without counting as a retry', async () => {
    const desk = new Desk()
    writeFileSync(
      desk.path('task.mjs'),
      `import { appendFileSync, existsSync } from 'node:fs'
      export default async () => {
        appendFileSync('ran', 'ran\\n')
        while (!existsSync('go')) await new Promise(resolve => setTimeout(resolve, 20))
        return 5
      }`,
    )
    const first = desk.start(
      'run',
      ...QUIET,
      '--run-dir',
      'run',
      desk.jobs([{ id: 'a', task: './task.mjs' }]),
    )
    await expect.poll(() => desk.text('ran'), { timeout: 20_000 }).toBe('ran\n')
    await first.kill()
    writeFileSync(desk.path('go'), '')
    const { status, stderr } = await desk.call('resume', ...QUIET, 'run')
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining('1 to run') })
    expect(desk.text('ran')).toBe('ran\nran\n')
    expect(desk.results()).toMatchObject([{ status: 'succeeded', attempts: 1, value: 5 }])
  })
})

describe('a run that is gone on with', () => {
  it('was stopped by Ctrl-C twice: what was ended then is run again', async () => {
    const desk = new Desk()
    const file = desk.jobs([
      { id: 'a', timeS: 9, command: `echo ran >> a; ${until('go')}` },
      { id: 'b', timeS: 8, command: 'echo ran >> b' },
    ])
    const first = desk.start('run', ...QUIET, '--capacity', 'threads=1,ramGb=1', '--run-dir', 'run', file)
    await expect.poll(() => desk.commands().length, { timeout: 20_000 }).toBe(1)
    first.child.kill('SIGINT')
    await first.says('no more jobs are started')
    await first.kill('SIGINT')
    expect(desk.statuses()).toEqual({})
    writeFileSync(desk.path('go'), '')
    expect(await desk.call('resume', ...QUIET, 'run')).toMatchObject({ status: 0 })
    expect([desk.text('a'), desk.text('b')]).toEqual(['ran\nran\n', 'ran\n'])
    expect(desk.statuses()).toEqual({ a: ['succeeded'], b: ['succeeded'] })
  })

  it('does not run again what has failed, unless asked to', async () => {
    const desk = new Desk()
    const file = desk.jobs([
      { id: 'good', command: 'echo ran >> good' },
      { id: 'bad', command: 'echo ran >> bad; test -e mended' },
    ])
    expect(await desk.call('run', ...QUIET, '--run-dir', 'run', file)).toMatchObject({ status: 1 })
    writeFileSync(desk.path('mended'), '')
    expect(await desk.call('resume', ...QUIET, 'run')).toMatchObject({ status: 1 })
    expect(desk.text('bad')).toBe('ran\n')
    expect(await desk.call('resume', ...QUIET, '--retry-failed', 'run')).toMatchObject({ status: 0 })
    expect([desk.text('good'), desk.text('bad')]).toEqual(['ran\n', 'ran\nran\n'])
    expect(desk.results()).toHaveLength(2)
    expect(desk.results().every(({ status }) => status === 'succeeded')).toBe(true)
  })

  it('by its job file takes what was added, leaves alone what was removed, and says what was changed', async () => {
    const desk = new Desk()
    const one = (id: string, command: string, timeS: number) => ({ id, command, timeS })
    const file = desk.jobs([
      one('first', 'echo 1 >> first', 90),
      one('stops', `echo 1 >> stops; ${until('go')}`, 80),
      one('removed', 'echo 1 >> removed', 70),
      one('waits', 'echo 1 >> waits', 60),
    ])
    const options = [...QUIET, '--capacity', 'threads=1,ramGb=1', '--run-dir', 'run']
    const first = desk.start('run', ...options, file)
    await expect.poll(() => desk.text('stops'), { timeout: 20_000 }).toBe('1\n')
    await first.kill()
    desk.jobs([
      one('first', 'echo 2 >> first', 90),
      one('stops', `echo 1 >> stops; ${until('go')}`, 80),
      one('waits', 'echo 2 >> waits', 60),
      one('added', 'echo 2 >> added', 50),
    ])
    writeFileSync(desk.path('go'), '')
    const { status, stderr } = await desk.call('run', ...options, file)
    expect(status).toBe(0)
    expect(stderr).toContain('1 succeeded before')
    expect(stderr).toMatch(/1 have succeeded as they were before the jobs were changed.*:\n {2}first\n/)
    expect(stderr).toMatch(
      /1 that wait are not among these jobs, and are left alone: longshore resume .*run runs them/,
    )
    const ran = ['first', 'stops', 'removed', 'waits', 'added'].map(name => desk.text(name))
    expect(ran).toEqual(['1\n', '1\n', '', '2\n', '2\n'])
    expect(await desk.call('resume', ...QUIET, 'run')).toMatchObject({ status: 0 })
    expect(desk.text('removed')).toBe('1\n')
    expect(desk.text('waits')).toBe('2\n')
  })

  it('runs a job again that has succeeded where that is asked for, as it is now', async () => {
    const desk = new Desk()
    const file = desk.jobs([
      { id: 'a', command: 'echo 1 >> a' },
      { id: 'b', command: 'echo 1 >> b' },
    ])
    await desk.call('run', ...QUIET, '--run-dir', 'run', file)
    desk.jobs([
      { id: 'a', command: 'echo 2 >> a' },
      { id: 'b', command: 'echo 2 >> b' },
    ])
    const { stderr } = await desk.call('run', ...QUIET, '--run-dir', 'run', '--rerun', 'a', file)
    expect(stderr).toMatch(/\n1 have succeeded as they were before .* \(--rerun IDS does that\):\n {2}b\n/)
    expect([desk.text('a'), desk.text('b')]).toEqual(['1\n2\n', '1\n'])
    expect(desk.results().map(({ id }) => id)).toEqual(['b', 'a'])
    expect(await desk.call('resume', ...QUIET, '--rerun', 'b,c', 'run')).toMatchObject({
      status: 2,
      stderr: '--rerun: no job "c" in this run\n',
    })
    await desk.call('resume', ...QUIET, '--rerun', 'a,b', 'run')
    expect([desk.text('a'), desk.text('b')]).toEqual(['1\n2\n2\n', '1\n1\n'])
  })

  it('that was stopped leaves what has not ended to a resume, in its journal and its results.jsonl alike', async () => {
    const desk = new Desk()
    const file = desk.jobs([
      { id: 'ended', priority: 2, command: 'true' },
      { id: 'running', priority: 1, command: 'touch runs; [ -e go ] || sleep 1000' },
      { id: 'waiting', command: 'true' },
    ])
    const options = ['--reports', 'none', '--no-history', '--capacity', 'threads=1,ramGb=1']
    const run = desk.start('run', ...options, '--run-dir', 'run', file)
    await expect.poll(() => existsSync(desk.path('runs')), { timeout: 20_000 }).toBe(true)
    run.child.kill('SIGTERM')
    await run.closed
    expect(desk.statuses()).toEqual({ ended: ['succeeded'] })
    expect(desk.results()).toMatchObject([{ id: 'ended', status: 'succeeded' }])
    writeFileSync(desk.path('go'), '')
    expect(await desk.call('resume', '--reports', 'none', '--no-history', 'run')).toMatchObject({ status: 0 })
    const ends = desk.results().map(({ id, status }) => `${id} ${status}`)
    expect(ends.toSorted()).toEqual(['ended succeeded', 'running succeeded', 'waiting succeeded'])
  })

  it('has a results.jsonl that says what its journal says, whatever was left of it', async () => {
    const desk = new Desk()
    const file = desk.jobs(['a', 'b', 'c'].map(id => ({ id, command: 'true' })))
    await desk.call('run', ...QUIET, '--run-dir', 'run', file)
    const path = join(desk.runDir, 'results.jsonl')
    const whole = readFileSync(path, 'utf8')
    const [first = '', second = ''] = whole.split('\n')
    writeFileSync(path, `${first}\n${second.slice(0, 20)}`)
    expect(await desk.call('resume', ...QUIET, 'run')).toMatchObject({ status: 0 })
    // Sorted: which of them ended first is not said.
    expect(
      desk
        .results()
        .map(({ id, status }) => `${id} ${status}`)
        .sort(),
    ).toEqual(['a succeeded', 'b succeeded', 'c succeeded'])
    expect(readFileSync(path, 'utf8')).toContain(`${first}\n`)
  })

  it('is refused to a second scheduler, which is told who has it', async () => {
    const desk = new Desk()
    const file = desk.jobs([{ id: 'a', command: `echo ran >> a; ${until('go')}` }])
    const first = desk.start('run', ...QUIET, '--run-dir', 'run', file)
    await expect.poll(() => desk.text('a'), { timeout: 20_000 }).toBe('ran\n')
    for (const args of [
      ['resume', 'run'],
      ['run', '--run-dir', 'run', file],
    ] as const) {
      const { status, stderr } = await desk.call(args[0], ...QUIET, ...args.slice(1))
      expect(status).toBe(2)
      expect(stderr).toContain(`is being run by process ${first.child.pid} on `)
    }
    writeFileSync(desk.path('go'), '')
    await first.closed
    expect(desk.text('a')).toBe('ran\n')
  })

  it('is not there: that is said, and nothing is made', async () => {
    const desk = new Desk()
    const { status, stderr } = await desk.call('resume', 'nothing')
    expect(status).toBe(2)
    expect(stderr).toBe(
      `nothing: expected the folder of a run, or its name in longshore-runs/; there is no folder ${desk.path('nothing')}\n`,
    )
    expect(readdirSync(desk.folder)).toEqual([])
  })
})

describe('a launcher that is killed while its scheduler lives', () => {
  it('costs its command nothing but time: it is run again, and no attempt is counted', async () => {
    const desk = new Desk()
    const file = desk.jobs([{ id: 'a', command: `echo ran >> a; ${until('go')}` }])
    const first = desk.start('run', ...QUIET, '--run-dir', 'run', file)
    await expect.poll(() => desk.commands().length, { timeout: 20_000 }).toBe(1)
    for (const pid of desk.launchers()) process.kill(pid, 'SIGKILL')
    await expect.poll(() => desk.text('a'), { timeout: 20_000 }).toBe('ran\nran\n')
    writeFileSync(desk.path('go'), '')
    expect(await first.closed).toBe(0)
    expect(desk.results()).toMatchObject([{ id: 'a', status: 'succeeded', attempts: 1 }])
  })
})

/** Whether a launcher has written down that a job has ended. */
function ended(desk: Desk, id: string): boolean {
  const folder = join(desk.runDir, 'launchers')
  return readdirSync(folder)
    .filter(name => name.endsWith('.jsonl'))
    .some(name => readFileSync(join(folder, name), 'utf8').includes(`"type":"ended","id":"${id}#`))
}
