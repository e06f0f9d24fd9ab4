import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { longshore, newFolder, PROGRAM } from './support/longshore.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

describe('longshore', () => {
  test('tells its version', async () => {
    expect(await longshore(['--version'])).toEqual({ exitCode: 0, stdout: version, stderr: '' })
  })

  test('says so when the working folder has been removed', async () => {
    const cwd = newFolder()
    const script = 'rmdir "$PWD" && exec "$0" "$@" run -- true'
    const { exitCode, stderr } = await execa('sh', ['-c', script, process.execPath, PROGRAM], {
      cwd,
      reject: false,
    })
    expect(stderr).toMatch(/^The working folder has been removed: .*$/)
    expect(exitCode).toBe(2)
  })

  test('helps on standard output when it is asked, with examples', async () => {
    const { exitCode, stdout, stderr } = await longshore(['--help'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(
      /Commands:\n {2}run (?:.*\n)* {2}plan (?:.*\n)* {2}resume (?:.*\n)* {2}explain (?:.*\n)* {2}node /,
    )
    expect(stdout).toContain('$ longshore run jobs.jsonl')
  })

  test('helps on standard error when it was called without anything', async () => {
    const { exitCode, stdout, stderr } = await longshore([])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('Usage: longshore COMMAND')
  })

  test('run --help shows every option, within 80 columns', async () => {
    const { exitCode, stdout } = await longshore(['run', '--help'])
    expect(exitCode).toBe(0)
    const options = `--max-threads --ram-factor --gpu-ram-factor --capacity --run-dir --reports --retries --policy --durability --inspect
      --threads --ram-gb --gpus --gpu-share --gpu-ram-gb --physical-cores --time-s --timeout-s --group --name --priority
      --resource --sweep`
    for (const option of options.split(/\s+/)) expect(stdout).toMatch(new RegExp(`^ {2}${option} `, 'm'))
    const [beforeExamples = ''] = stdout.split('Examples:')
    expect(Math.max(...beforeExamples.split('\n').map(line => line.length))).toBeLessThanOrEqual(80)
  })

  test('help of what is no command says so, and what was meant', async () => {
    const { exitCode, stdout, stderr } = await longshore(['help', 'resum'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toBe('help: unknown command "resum": did you mean "resume"?')
    expect((await longshore(['help', 'plan'])).stdout).toMatch(/^Usage: longshore plan/)
  })

  test('under an old Node says which it needs and which it is', async () => {
    const preload = new URL('./support/oldNode.cjs', import.meta.url).pathname
    for (const old of ['22.17.1', '20.19.0', '8.0.0']) {
      const { exitCode, stderr } = await execa(
        process.execPath,
        ['--require', preload, PROGRAM, '--version'],
        {
          env: { PRETENDED_NODE: old },
          reject: false,
        },
      )
      expect({ exitCode, stderr }).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(`longshore needs Node 22.18 or later, and this is Node ${old}`),
      })
    }
  })
})

describe('wrong use ends with status 2 and one line a fault', () => {
  const cases: readonly (readonly [args: readonly string[], stderr: string])[] = [
    [['fly'], "error: unknown command 'fly'\n(longshore --help shows what there is)"],
    [['rum'], "error: unknown command 'rum'\n(Did you mean run?)\n(longshore --help shows what there is)"],
    [
      ['run', '--thread', '2', '--', 'true'],
      "error: unknown option '--thread'\n(Did you mean --threads?)\n(longshore run --help shows what there is)",
    ],
    [
      ['run', '--threads'],
      "error: option '--threads <n>' argument missing\n(longshore run --help shows what there is)",
    ],
    [['run'], 'expected a job file, or a command behind --. See longshore run --help'],
    [['run', '--'], 'expected a command behind --, got nothing'],
    [
      ['run', 'jobs.jsonl', '--', 'true'],
      'expected either job files or a command behind --, got both (jobs.jsonl stands before --)',
    ],
    [
      ['run', '--threads', '2', '--sweep', 'a=1', 'jobs.jsonl'],
      '--threads: is for a command behind --: in a job file this is a key of a job, or of "defaults"\n' +
        '--sweep: is for a command behind --: in a job file this is a key of a job, or of "defaults"',
    ],
    [
      ['run', '--threads', 'two', '--ram-gb', '-1', '--priority', '0.5', '--', 'true'],
      '--threads: expected threads to be a number > 0, got "two" (text)\n' +
        '--ram-gb: expected ramGb to be a number ≥ 0 (GiB), got -1 (number)\n' +
        '--priority: expected priority to be a whole number, got 0.5 (number)',
    ],
    [['run', '--resource', 'license', '--', 'true'], '--resource: expected name=amount, got "license"'],
    [
      ['run', '--resource', 'license=0', '--', 'true'],
      '--resource: expected resources.license to be a number > 0, got 0 (number)',
    ],
    [['run', '--sweep', 'seed', '--', 'true'], '--sweep: expected key=values, got "seed"'],
    [['run', '--sweep', 'a=1', '--sweep', 'a=2', '--', 'true'], '--sweep: expected "a" once, got it twice'],
    [
      ['run', '--sweep', 'seed=1..5..0', '--', 'true'],
      '--sweep seed: sweep.seed: expected a step other than 0 in the range "1..5..0"',
    ],
    [
      ['run', '--sweep', 'seed=1..5', '--', 'fit', '{sead}'],
      'command: unknown "{sead}": did you mean "{seed}"?',
    ],
    [
      ['run', '--max-threads', '0', '--ram-factor', '2', '--', 'true'],
      '--max-threads: expected maxThreads to be a number > 0, got 0\n' +
        '--ram-factor: expected ramFactor to be a number in (0, 1], got 2',
    ],
    [
      ['run', '--reports', 'loud', '--', 'true'],
      '--reports: expected reports to be one of live, plain, json, none, got "loud"',
    ],
    [
      ['run', '--capacity', 'thread=2', '--', 'true'],
      '--capacity: unknown "thread": did you mean "threads"?',
    ],
    [['run', '--capacity', 'gpus=1,gpus=2', '--', 'true'], '--capacity: expected gpus once, got it twice'],
    [['run', '--capacity', '32', '--', 'true'], '--capacity: expected name=amount, got "32"'],
    [
      ['run', '--capacity', 'license=none', '--', 'true'],
      '--capacity license: expected capacity.resources.license to be a number > 0, got "none"',
    ],
    [
      ['node', 'x'],
      "error: too many arguments for 'node'. Expected 0 arguments but got 1.\n(longshore --help shows what there is)",
    ],
  ]
  test.for(cases)('longshore %j', async ([args, expected]) => {
    const cwd = newFolder()
    expect(await longshore(args, { cwd })).toEqual({ exitCode: 2, stdout: '', stderr: expected })
    expect(existsSync(join(cwd, 'longshore-runs'))).toBe(false)
  })
})

describe('a faulty job file', () => {
  test('starts nothing, and every fault is told with its line', async () => {
    const cwd = newFolder()
    writeFileSync(
      join(cwd, 'jobs.jsonl'),
      '{"command": "touch started"}\n{"command": "true", "threads": -1}\n{"comand": "true"}\n',
    )
    expect(await longshore(['run', 'jobs.jsonl'], { cwd })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'jobs.jsonl:2: expected threads to be a number > 0, got -1 (number)\n' +
        'jobs.jsonl:3: unknown key "comand": did you mean "command"?',
    })
    expect(existsSync(join(cwd, 'started'))).toBe(false)
    expect(existsSync(join(cwd, 'longshore-runs'))).toBe(false)
  })

  test('may come from standard input', async () => {
    const { exitCode, stderr } = await longshore(['run', '-'], {
      input: '{"command": "true"}\n{"command": 1}\n',
    })
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr:
        'stdin:2: expected command to be a text, or a list of texts that starts with a program, got 1 (number)',
    })
  })

  test('that is no file gets advice: perhaps the -- was forgotten', async () => {
    const cwd = newFolder()
    mkdirSync(join(cwd, 'python'))
    expect(await longshore(['run', 'python', 'fit.py'], { cwd })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'python: expected a file, got a folder\n' +
        `fit.py: no such file (looked for ${join(cwd, 'fit.py')})\n` +
        'a command stands behind --, as in: longshore run -- python fit.py',
    })
  })

  test('that is a module which Node takes for CommonJS says what to do', async () => {
    const cwd = newFolder()
    writeFileSync(join(cwd, 'package.json'), '{ "type": "commonjs" }')
    writeFileSync(join(cwd, 'jobs.ts'), "\nimport { cpus } from 'node:os'\nexport default cpus()")
    writeFileSync(join(cwd, 'more.js'), "export default [{ command: 'true' }]")
    const { exitCode, stderr } = await longshore(['run', 'jobs.ts', 'more.js'], { cwd })
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(
      /^jobs\.ts:2: this module could not be loaded: .* say "type": "module" there, or end/m,
    )
    expect(stderr).toMatch(
      /^more\.js:1: this module could not be loaded: .* say "type": "module" there, or end/m,
    )
  })

  test('that is a module with a slip of syntax shows no stack, unless it is asked for', async () => {
    const cwd = newFolder()
    writeFileSync(join(cwd, 'jobs.ts'), 'export default [')
    const { exitCode, stderr } = await longshore(['run', 'jobs.ts'], { cwd })
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^jobs\.ts:1: this module could not be loaded: SyntaxError: .*$/)
    for (const [flags, env] of [
      [['--debug'], {}],
      [[], { LONGSHORE_DEBUG: '1' }],
    ] as const) {
      const debugged = await longshore(['run', 'jobs.ts', ...flags], { cwd, env })
      expect(debugged.exitCode).toBe(2)
      expect(debugged.stderr).toMatch(/^ {4}at /m)
    }
  })
})
