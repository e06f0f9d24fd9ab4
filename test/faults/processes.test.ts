import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { isAlive } from '../actors/command/harness.ts'
import { PROGRAM } from '../cli/support/longshore.ts'
import { Desk } from '../resume/support.ts'
import { runsOr } from '../support/runs.ts'
import { skipUnless } from '../support/skip.ts'

const QUIET = ['--reports', 'none', '--no-history'] as const
/** What takes long is done in full by `npm run test:long`. */
const isLong = runsOr(0) >= 10_000
const STOPPED_S = isLong ? 5 : 1
const FAILING = isLong ? 5000 : 1000
const NOBODY = 65_534

/** Waits for a file of that name in the desk's folder. */
function until(name: string): string {
  return `while [ ! -e ${name} ]; do sleep 0.02; done`
}

describe(`processes that stand still for ${STOPPED_S} s`, () => {
  it('launchers and then the scheduler: all goes on afterwards, and each command runs once', async () => {
    const desk = new Desk()
    const jobs = Array.from({ length: 12 }, (_, n) => ({
      id: `job${n}`,
      timeS: 1,
      command: `echo ran >> ran.${n}; sleep 0.7; echo out`,
    }))
    const run = desk.start(
      'run',
      ...QUIET,
      '--capacity',
      'threads=2,ramGb=1',
      '--run-dir',
      'run',
      desk.jobs(jobs),
    )
    await expect.poll(() => desk.commands().length, { timeout: 20_000 }).toBeGreaterThan(0)
    for (const pids of [desk.launchers(), [run.child.pid ?? 0]]) {
      for (const pid of pids) process.kill(pid, 'SIGSTOP')
      await wait(STOPPED_S * 1000)
      for (const pid of pids) process.kill(pid, 'SIGCONT')
    }
    expect(await run.closed).toBe(0)
    expect(jobs.map((_, n) => desk.text(`ran.${n}`))).toEqual(jobs.map(() => 'ran\n'))
    expect(Object.values(desk.statuses())).toEqual(jobs.map(() => ['succeeded']))
  })
})

describe('a limit of 1,000 open files', () => {
  it('that is lower still is named by the tasks for which no worker can be started', () => {
    const desk = new Desk()
    writeFileSync(desk.path('task.mjs'), 'export default () => new Promise(done => setTimeout(done, 300))')
    const jobs = Array.from({ length: 30 }, (_, n) => ({ id: `job${n}`, task: './task.mjs' }))
    const options = [...QUIET, '--capacity', 'threads=30,ramGb=9', '--run-dir', 'run', desk.jobs(jobs)]
    const words = [process.execPath, PROGRAM, 'run', ...options].join(' ')
    spawnSync('sh', ['-c', `ulimit -n 64; exec ${words}`], { cwd: desk.folder })
    const failed = desk.results().filter(({ status }) => status === 'failed')
    expect(failed.length).toBeGreaterThan(0)
    expect(failed.length).toBeLessThan(30)
    const message = expect.stringContaining('the limit of open files is reached (ulimit -n)')
    expect(failed).toEqual(
      failed.map(() => expect.objectContaining({ failure: expect.objectContaining({ message }) })),
    )
  })

  it('is enough for 900 jobs at the same time', async () => {
    const desk = new Desk()
    const jobs = Array.from({ length: 900 }, (_, n) => ({ id: `job${n}`, timeS: 4, command: ['sleep', '4'] }))
    const options = [...QUIET, '--capacity', 'threads=900,ramGb=900', '--run-dir', 'run', desk.jobs(jobs)]
    const words = [process.execPath, PROGRAM, 'run', ...options].join(' ')
    execFileSync('sh', ['-c', `ulimit -n 1000; exec ${words}`], { cwd: desk.folder, stdio: 'ignore' })
    const statuses = Object.values(desk.statuses())
    expect(statuses.filter(([status]) => status === 'succeeded')).toHaveLength(900)
  })
})

describe(`${FAILING} jobs that each fail at once`, () => {
  it('are told each once, in few words', async () => {
    const desk = new Desk()
    writeFileSync(desk.path('fails.mjs'), "export default () => { throw new Error('no') }")
    const jobs = Array.from({ length: FAILING }, (_, n) => ({ id: `job${n}`, task: './fails.mjs' }))
    const options = [
      '--reports',
      'plain',
      '--no-history',
      '--capacity',
      'threads=2,ramGb=4',
      '--run-dir',
      'run',
    ]
    const { status, stderr } = await desk.call('run', ...options, desk.jobs(jobs))
    expect(status).toBe(1)
    expect(stderr.length).toBeLessThan(100_000)
    const statuses = Object.values(desk.statuses())
    expect(statuses).toHaveLength(FAILING)
    expect(statuses.every(ends => ends.join() === 'failed')).toBe(true)
  })
})

describe('what was asked of a run whose scheduler dies', () => {
  it('a job that was cancelled is ended and stays cancelled', async () => {
    const desk = new Desk()
    const stubborn = `trap '' TERM; echo ran >> a; ${until('go')}`
    const file = desk.jobs([
      { id: 'a', timeS: 9, command: stubborn },
      { id: 'b', timeS: 1, command: 'echo ran >> b' },
    ])
    const options = [...QUIET, '--capacity', 'threads=1,ramGb=1', '--run-dir', 'run']
    const first = desk.start('run', ...options, file)
    await expect.poll(() => desk.text('a'), { timeout: 20_000 }).toBe('ran\n')
    await expect.poll(() => desk.commands().length, { timeout: 20_000 }).toBe(1)
    expect(await desk.call('cancel', 'run', 'a', 'b')).toMatchObject({ status: 0 })
    await first.kill()
    const pids = desk.commands()
    expect(pids.filter(isAlive)).toEqual(pids)
    writeFileSync(desk.path('go'), '')
    expect(await desk.call('resume', ...QUIET, 'run')).toMatchObject({ status: 1 })
    expect(pids.filter(isAlive)).toEqual([])
    expect(desk.statuses()).toEqual({ a: ['cancelled'], b: ['cancelled'] })
    expect([desk.text('a'), desk.text('b')]).toEqual(['ran\n', ''])
  })
})

describe('what a task has started', () => {
  it('ends with the next scheduler where nobody was left to end it', async () => {
    const desk = new Desk()
    const leave =
      "spawn('sh', ['-c', 'echo $$ >> pids; exec sleep 1000'], { stdio: 'ignore', detached: n === 1 })"
    writeFileSync(
      desk.path('task.mjs'),
      `import { spawn } from 'node:child_process'
      import { existsSync } from 'node:fs'
      export default async () => {
        if (!existsSync('pids')) for (const n of [1, 2]) ${leave}
        while (!existsSync('go')) await new Promise(resolve => setTimeout(resolve, 20))
      }`,
    )
    const file = desk.jobs([{ id: 'a', task: './task.mjs' }])
    const first = desk.start('run', ...QUIET, '--run-dir', 'run', file)
    const pids = () => desk.text('pids').trimEnd().split('\n').map(Number)
    await expect.poll(() => pids().length, { timeout: 20_000 }).toBe(2)
    onTestFinished(() => desk.end(pids()))
    const guards = desk.guardsOf(first)
    expect(guards).toHaveLength(1)
    desk.end(guards)
    await first.kill()
    expect(pids().filter(isAlive)).toEqual(pids())
    writeFileSync(desk.path('go'), '')
    expect(await desk.call('resume', ...QUIET, 'run')).toMatchObject({ status: 0 })
    expect(pids().filter(isAlive)).toEqual([])
  })
})

describe('a machine that was started anew', () => {
  it('runs again what ran, and ends no process that has got the same id since', async () => {
    const desk = new Desk()
    const file = desk.jobs([{ id: 'a', command: `echo ran >> a; ${until('go')}` }])
    const first = desk.start('run', ...QUIET, '--run-dir', 'run', file)
    await expect.poll(() => desk.commands().length, { timeout: 20_000 }).toBe(1)
    const bystander = desk.start('run', ...QUIET, '--run-dir', 'other', '--', 'sh', '-c', until('go'))
    const gone = [...desk.launchers(), ...desk.commands()]
    for (const pid of desk.launchers()) process.kill(pid, 'SIGSTOP')
    await first.kill()
    for (const pid of gone) process.kill(pid, 'SIGKILL')
    await expect.poll(() => gone.filter(isAlive), { timeout: 20_000 }).toEqual([])
    reboot(desk, bystander.child.pid ?? 0)
    const next = desk.start('resume', '--reports', 'json', '--no-history', 'run')
    await next.says('1 to run, 1 of them again since nobody knows')
    expect(bystander.child.exitCode ?? bystander.child.signalCode).toBeNull()
    writeFileSync(desk.path('go'), '')
    expect(await next.closed).toBe(0)
    expect(await bystander.closed).toBe(0)
    expect(desk.text('a')).toBe('ran\nran\n')
    expect(desk.results()).toMatchObject([{ id: 'a', status: 'succeeded', attempts: 1 }])
  })
})

/** The notebooks are of an earlier start of the machine, and the ids in them are those of another process now. */
function reboot(desk: Desk, pid: number): void {
  const folder = join(desk.runDir, 'launchers')
  for (const name of readdirSync(folder).filter(file => file.endsWith('.jsonl'))) {
    const entries = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
    const earlier = entries.map(line => JSON.stringify({ ...JSON.parse(line), pid, boot: 'earlier' }))
    writeFileSync(join(folder, name), `${earlier.join('\n')}\n`)
  }
}

describe('a folder that may not be written', () => {
  const asNobody = ['--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--clear-groups']
  const mayTry = (): boolean => {
    try {
      execFileSync('setpriv', [...asNobody, process.execPath, PROGRAM, '--version'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }

  it('of a run is said, nothing is started, and where it stands can be asked still', async context => {
    skipUnless(context, mayTry(), 'needs root and setpriv, and a checkout that other users can read')
    const desk = new Desk()
    const file = desk.jobs([{ id: 'a', command: 'echo ran >> a; false' }])
    await desk.call('run', ...QUIET, '--run-dir', 'run', file)
    mkdirSync(desk.path('new'))
    execFileSync('chmod', ['-R', 'a+rX,a-w', desk.folder])
    const call = (...words: string[]) => {
      try {
        const node = [process.execPath, PROGRAM, ...words]
        const options = {
          cwd: desk.folder,
          encoding: 'utf8',
          stdio: 'pipe',
          env: { ...process.env, HOME: '/' },
        } as const
        return { status: 0, said: execFileSync('setpriv', [...asNobody, ...node], options) }
      } catch (error) {
        const { status, stderr } = error as { status: number; stderr: string }
        return { status, said: stderr }
      }
    }
    const resumed = call('resume', '--retry-failed', 'run')
    expect(resumed).toMatchObject({
      status: 2,
      said: expect.stringMatching(/may not be written|cannot be opened/),
    })
    const begun = call('run', '--run-dir', 'new/run', file)
    expect(begun).toMatchObject({ status: 2, said: expect.stringMatching(/new.*permission|permission.*new/) })
    for (const { said } of [resumed, begun]) expect(said).not.toMatch(/^ +at .*:\d+/m)
    expect(call('status', 'run')).toMatchObject({ status: 0, said: expect.stringContaining('1: 1 failed') })
    expect(desk.text('a')).toBe('ran\n')
    expect(existsSync(desk.path('new/run'))).toBe(false)
  })
})
