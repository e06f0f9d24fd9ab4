import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { RunEvent } from '../../src/progress.ts'
import { hasTmux, tmuxTerminal } from '../reports/support/tmux.ts'
import { skipUnless } from '../support/skip.ts'
import { appeared, longshore, newFolder, PROGRAM, start } from './support/longshore.ts'

const QUIET = ['--reports', 'none']

function results(cwd: string, run: string) {
  const text = readFileSync(join(cwd, run, 'results.jsonl'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
}

describe('longshore run', () => {
  test('runs a command: status 0, reports on standard error, nothing on standard output', async () => {
    const cwd = newFolder()
    const { exitCode, stdout, stderr } = await longshore(
      ['run', '--run-dir', 'run', '--', 'sh', '-c', 'echo done > file'],
      { cwd },
    )
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
    expect(stderr).toContain('END REPORT')
    expect(readFileSync(join(cwd, 'file'), 'utf8')).toBe('done\n')
  })

  test('knows from the first run what the second one has to expect, unless it is told not to', async () => {
    const cwd = newFolder()
    const nap = ['--group', 'nap', '--', 'sleep', '0.1']
    const first = await longshore(['run', '--reports', 'plain', '--run-dir', 'one', ...nap], { cwd })
    expect(first.stderr).not.toContain('known from earlier runs')
    const second = await longshore(['run', '--reports', 'plain', '--run-dir', 'two', ...nap], { cwd })
    expect(second.stderr).toContain('1 of 1 job known from earlier runs')
    expect(first.stderr + second.stderr).not.toContain('Warning')
    const without = ['run', '--reports', 'plain', '--no-history', '--run-dir', 'three', ...nap]
    expect((await longshore(without, { cwd })).stderr).not.toContain('known from earlier runs')
    const elsewhere = newFolder()
    await longshore(without, { cwd: elsewhere })
    expect(existsSync(join(elsewhere, 'longshore-runs'))).toBe(false)
  })

  test('ends with status 1 when a job has failed', async () => {
    const { exitCode, stderr } = await longshore([
      'run',
      '--sweep',
      'code=0,3',
      '--',
      'sh',
      '-c',
      'echo wrong >&2; exit {code}',
    ])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('exit code 3')
  })

  test('is silent when it is told so', async () => {
    expect(await longshore(['run', ...QUIET, '--', 'true'])).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  })

  test('asks for what the options say', async () => {
    const cwd = newFolder()
    const options = [
      '--threads',
      '0.5',
      '--name',
      'first fit',
      '--group',
      'fits',
      '--time-s',
      '3',
      '--priority',
      '-1',
      '--resource',
      'license=2',
      '--retries',
      '2',
    ]
    const tell =
      'echo "threads=$LONGSHORE_THREADS" > "$LONGSHORE_OUTPUT"; echo "name=$LONGSHORE_NAME" >> "$LONGSHORE_OUTPUT"'
    const { exitCode, stdout } = await longshore(
      [
        'run',
        ...QUIET,
        '--capacity',
        'threads=2,license=4',
        ...options,
        '--run-dir',
        'run',
        '--',
        'sh',
        '-c',
        tell,
      ],
      { cwd },
    )
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      id: expect.any(String),
      name: 'first fit',
      results: { threads: '0.5', name: 'first fit' },
    })
    expect(results(cwd, 'run')).toMatchObject([{ group: 'fits', status: 'succeeded' }])
  })

  test('sweeps over every combination', async () => {
    const { exitCode, stdout } = await longshore([
      ...['run', ...QUIET, '--sweep', 'model=xgb,lgbm', '--sweep', 'seed=1..3', '--name', '{model}-{seed}'],
      ...['--', 'sh', '-c', 'echo seed={seed} > "$LONGSHORE_OUTPUT"'],
    ])
    expect(exitCode).toBe(0)
    const lines = stdout.split('\n').map(line => JSON.parse(line))
    expect(lines.map(({ name, results: { seed } }) => `${name} ${seed}`).sort()).toEqual(
      ['xgb', 'lgbm'].flatMap(model => [1, 2, 3].map(seed => `${model}-${seed} ${seed}`)).sort(),
    )
  })

  test('runs files of all formats in one go, and prints what tasks return', async () => {
    const cwd = newFolder()
    writeFileSync(join(cwd, 'square.mjs'), 'export default ({ x }) => x * x')
    writeFileSync(join(cwd, 'a.jsonl'), '{"name": "a", "task": "./square.mjs", "args": {"x": 2}}\n')
    writeFileSync(join(cwd, 'b.csv'), 'name,task,args.x\nb,./square.mjs,3\n')
    writeFileSync(
      join(cwd, 'c.yaml'),
      'sweep: { x: [4] }\njobs:\n  - { name: c, task: ./square.mjs, args: { x: "{x}" } }\n',
    )
    writeFileSync(join(cwd, 'd.json'), '[{"name": "d", "task": "./square.mjs", "args": {"x": 5}}]')
    writeFileSync(
      join(cwd, 'e.ts'),
      'const x: number = 6\nexport default [{ name: "e", inline: () => x * x }]',
    )
    const { exitCode, stdout, stderr } = await longshore(
      ['run', ...QUIET, 'a.jsonl', 'b.csv', 'c.yaml', 'd.json', 'e.ts', '-'],
      {
        cwd,
        input: '{"name": "f", "task": "./square.mjs", "args": {"x": 7}}\n',
      },
    )
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const values = stdout
      .split('\n')
      .map(line => JSON.parse(line))
      .map(({ name, value }) => [name, value])
    expect(Object.fromEntries(values)).toEqual({ a: 4, b: 9, c: 16, d: 25, e: 36, f: 49 })
  })

  test('with --reports json prints an event a line and nothing else', async () => {
    const { exitCode, stdout, stderr } = await longshore(['run', '--reports', 'json', '--', 'true'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const types = stdout.split('\n').map(line => (JSON.parse(line) as RunEvent).type)
    expect(types).toEqual(
      expect.arrayContaining(['run.started', 'job.placed', 'job.started', 'job.ended', 'run.ended']),
    )
  })

  test('refuses a job that can never fit before anything is started', async () => {
    const cwd = newFolder()
    writeFileSync(
      join(cwd, 'jobs.jsonl'),
      '{"command": "touch started"}\n{"name": "big", "command": "true", "threads": 9}\n',
    )
    const { exitCode, stdout, stderr } = await longshore(
      ['run', ...QUIET, '--capacity', 'threads=8', 'jobs.jsonl'],
      { cwd },
    )
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(
      /^jobs\.jsonl:2: job "[0-9a-f]{8}" \(big\) can never run: asks for threads 9, .* 8/,
    )
    expect(existsSync(join(cwd, 'started'))).toBe(false)
  })

  test('refuses a task whose module is not there, and names its line', async () => {
    const cwd = newFolder()
    writeFileSync(join(cwd, 'here.mjs'), 'export default () => 1')
    const jobs = [
      '{"command": "touch started"}',
      '{"task": "./here.mjs"}',
      '{"task": "./gone.mjs", "name": "fit"}',
    ]
    writeFileSync(join(cwd, 'jobs.jsonl'), `${jobs.join('\n')}\n`)
    const { exitCode, stdout, stderr } = await longshore(['run', ...QUIET, 'jobs.jsonl'], { cwd })
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(
      /^jobs\.jsonl:3: job "[0-9a-f]{8}" \(fit\) expected the task to be a module that exists, but there is no .*\/gone\.mjs/,
    )
    expect(existsSync(join(cwd, 'started'))).toBe(false)
  })

  test('refuses a sweep without values', async () => {
    const { exitCode, stdout, stderr } = await longshore(['run', ...QUIET, '--sweep', 'seed=', '--', 'true'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('--sweep: expected key=values, got "seed="')
  })

  test('names the place of each impossible job, whatever the format', async () => {
    const cwd = newFolder()
    writeFileSync(join(cwd, 'a.csv'), 'command,threads\ntrue,1\ntrue,9\n')
    writeFileSync(join(cwd, 'b.yaml'), 'jobs:\n  - command: "true"\n  - command: [ls]\n    threads: 9\n')
    writeFileSync(join(cwd, 'c.mjs'), 'export default [{ inline: () => 1, threads: 9 }]')
    const files = ['a.csv', 'b.yaml', 'c.mjs', '-']
    const { exitCode, stderr } = await longshore(['run', ...QUIET, '--capacity', 'threads=8', ...files], {
      cwd,
      input: '\n{"command": "true", "threads": 9}\n',
    })
    expect(exitCode).toBe(2)
    const places = stderr.split('\n').map(line => line.slice(0, line.indexOf(': ')))
    expect(places).toEqual(['a.csv:3', 'b.yaml:3', 'c.mjs[0]', 'stdin:2'])
    const { stderr: ofCommand } = await longshore([
      'run',
      '--capacity',
      'threads=8',
      '--threads',
      '9',
      '--',
      'ls',
    ])
    expect(ofCommand).toMatch(/^command: job "[0-9a-f]{8}" \(ls\) can never run: asks for threads 9/)
  })

  test('names the line of a slip in JavaScript, which Node tells only to people', async () => {
    const cwd = newFolder()
    writeFileSync(join(cwd, 'jobs.mjs'), 'const a = 1\nexport default [{\n  name: a command: "true"\n}]\n')
    expect(await longshore(['run', ...QUIET, 'jobs.mjs'], { cwd })).toMatchObject({
      exitCode: 2,
      stderr: "jobs.mjs:3: this module could not be loaded: SyntaxError: Unexpected identifier 'command'",
    })
  })

  test('refuses a folder that cannot be made, and starts nothing', async () => {
    const { exitCode, stderr } = await longshore(['run', '--run-dir', '/proc/x', '--', 'true'])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringMatching(/^--run-dir: cannot make the folder \/proc\/x: .*mkdir/),
    })
    const cwd = newFolder()
    writeFileSync(join(cwd, 'taken'), '')
    for (const runDir of ['taken', 'taken/run'])
      expect(await longshore(['run', '--run-dir', runDir, '--', 'true'], { cwd })).toMatchObject({
        exitCode: 2,
        stderr: `--run-dir: cannot make the folder ${join(cwd, runDir)}: ${join(cwd, 'taken')} is a file`,
      })
  })

  test('goes on with the run that a run folder holds, and refuses one that has no journal', async () => {
    const cwd = newFolder()
    const again = () =>
      longshore(['run', ...QUIET, '--run-dir', 'run', '--', 'sh', '-c', 'echo ran >> ran'], { cwd })
    await again()
    expect(await again()).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: `Going on with ${join(cwd, 'run')}: 1 succeeded before.`,
    })
    expect(readFileSync(join(cwd, 'ran'), 'utf8')).toBe('ran\n')
    rmSync(join(cwd, 'run/journal.sqlite'))
    expect(await again()).toMatchObject({
      exitCode: 2,
      stderr: `--run-dir: ${join(cwd, 'run')} holds a run that has no journal, so it cannot be gone on with: choose another folder`,
    })
  })
})

describe('Ctrl-C', () => {
  /** Two jobs that run one after the other; the first waits until the file `go` is there. */
  const WAIT = 'touch running; until [ -e go ]; do sleep 0.02; done; touch done-{n}'

  test('once: starts no more jobs, waits for those that run, ends with status 130', async () => {
    const cwd = newFolder()
    const run = start(['--max-threads', '1', '--sweep', 'n=1,2', '--', 'sh', '-c', WAIT], cwd)
    await run.event('job.started')
    run.kill('SIGINT')
    await run.said('Ctrl-C: no more jobs are started; waiting for 1 that runs. Ctrl-C again ends them.')
    writeFileSync(join(cwd, 'go'), '')
    const { counts } = await run.event('run.ended')
    expect(await run.exitCode).toBe(130)
    expect(counts).toMatchObject({ total: 2, succeeded: 1, failed: 0 })
    expect(existsSync(join(cwd, 'done-1')) && existsSync(join(cwd, 'done-2'))).toBe(false)
  })

  test('is said once by plain reports, which tell of the grace and of what was not started', async () => {
    const cwd = newFolder()
    const ready = appeared(cwd, 'running')
    const run = start(['--max-threads', '1', '--sweep', 'n=1..3', '--', 'sh', '-c', WAIT], cwd, 'plain')
    await ready
    run.kill('SIGINT')
    await run.said('no more jobs are started')
    run.kill('SIGINT')
    await run.said('TERM sent, KILL in')
    expect(await run.exitCode).toBe(130)
    const said = run.errorText()
    expect(said.match(/no more jobs are started/g)).toHaveLength(1)
    expect(said).toContain('closing (Ctrl-C): ending 1 running job: TERM sent, KILL in 10 s\n')
    expect(said).toMatch(/\n {2}stopped +after .* \(Ctrl-C\): 2 jobs not started, 1 ended while running\n/)
    expect(said).not.toContain('INTERMEDIATE')
  })

  test('twice: ends the running jobs as well', async () => {
    const cwd = newFolder()
    const run = start(['--max-threads', '1', '--sweep', 'n=1,2', '--', 'sh', '-c', WAIT], cwd)
    await run.event('job.started')
    run.kill('SIGINT')
    await run.said('no more jobs are started')
    run.kill('SIGINT')
    const { counts } = await run.event('run.ended')
    expect(await run.exitCode).toBe(130)
    expect(counts).toMatchObject({ total: 2, succeeded: 0, cancelled: 2 })
  })

  test('is not needed: TERM ends the running jobs at once, with status 143', async () => {
    const cwd = newFolder()
    const run = start(['--', 'sh', '-c', WAIT], cwd)
    await run.event('job.started')
    run.kill('SIGTERM')
    const { counts } = await run.event('run.ended')
    expect(await run.exitCode).toBe(143)
    expect(counts).toMatchObject({ succeeded: 0, cancelled: 1 })
  })

  test('a terminal that is closed ends what runs in it', async context => {
    skipUnless(context, hasTmux(), 'needs tmux: apt-get install tmux')
    const folder = newFolder()
    const run = `cd '${folder}'; '${process.execPath}' '${PROGRAM}' run --run-dir run -- sh -c 'touch runs; sleep 1000'`
    const terminal = await tmuxTerminal(run, { columns: 80, rows: 24 }, join(folder, 'transcript'))
    onTestFinished(() => terminal.close())
    await expect.poll(() => existsSync(join(folder, 'runs')), { timeout: 20_000 }).toBe(true)
    await terminal.close()
    await expect.poll(() => existsSync(join(folder, 'run', 'summary.json')), { timeout: 20_000 }).toBe(true)
    const { counts, stop } = JSON.parse(readFileSync(join(folder, 'run', 'summary.json'), 'utf8'))
    expect({ counts, stop }).toMatchObject({
      counts: { cancelled: 1 },
      stop: { by: 'the terminal was closed' },
    })
  })

  test('a hang-up does not end a run that has no terminal, as under nohup', async () => {
    const cwd = newFolder()
    const run = start(['--', 'sh', '-c', WAIT], cwd)
    await run.event('job.started')
    run.kill('SIGHUP')
    writeFileSync(join(cwd, 'go'), '')
    expect((await run.event('run.ended')).counts).toMatchObject({ succeeded: 1 })
    expect(await run.exitCode).toBe(0)
  })
})

describe('who reads what is printed', () => {
  test('may be a disk that is full: that is said, and the jobs run on', async context => {
    skipUnless(context, existsSync('/dev/full'), 'needs /dev/full')
    const cwd = newFolder()
    const command = `'${process.execPath}' '${PROGRAM}' run --reports json -- touch done > /dev/full`
    const { exitCode, stderr } = await execa('sh', ['-c', command], { cwd, reject: false })
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^What goes to standard output is lost: ENOSPC: .*$/m),
    })
    expect(stderr).not.toMatch(/^ +at /m)
    expect(existsSync(join(cwd, 'done'))).toBe(true)
  })

  test('may go away early: the jobs run on', async () => {
    const cwd = newFolder()
    const run = start(['--sweep', 'n=1..3', '--', 'sh', '-c', 'touch done-{n}'], cwd)
    await run.event('run.started')
    run.hangUp()
    expect(await run.exitCode).toBe(0)
    for (const n of [1, 2, 3]) expect(existsSync(join(cwd, `done-${n}`))).toBe(true)
  })
})

describe('longshore node', () => {
  test('tells what jobs may use of this machine, for people and as JSON', async () => {
    const [people, machine] = await Promise.all([longshore(['node']), longshore(['node', '--json'])])
    expect(people).toMatchObject({ exitCode: 0, stderr: '' })
    expect(people.stdout).toContain('Jobs may use')
    const { report, capacity, fixedRam } = JSON.parse(machine.stdout)
    expect(capacity.threads).toBeGreaterThan(0)
    expect(capacity.threads).toBe(report.cpu.threads)
    expect(fixedRam.task).toBeGreaterThan(0)
  })
})
