import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { longshore, newFolder, PROGRAM } from './support/longshore.ts'

function folderWithJobs(): string {
  const cwd = newFolder()
  writeFileSync(join(cwd, 'jobs.jsonl'), '{"command":["true"],"timeS":1}\n')
  return cwd
}

describe('longshore sbatch --print', () => {
  test('shows a batch script that asks for what was asked for, and makes nothing', async () => {
    const cwd = folderWithJobs()
    const asked = ['--nodes', '3', '--time', '2:00:00', '--partition', 'gpu', '--gpus-per-node', 'a100:2']
    const args = [
      'sbatch',
      '--print',
      ...asked,
      '--',
      'run',
      'jobs.jsonl',
      '--run-dir',
      'my run',
      '--retries',
      '2',
    ]
    const { exitCode, stdout, stderr } = await longshore(args, { cwd })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const directives = stdout.split('\n').filter(line => line.startsWith('#SBATCH'))
    expect(directives).toEqual([
      '#SBATCH --job-name=longshore-my-run',
      '#SBATCH --nodes=3',
      '#SBATCH --time=2:00:00',
      '#SBATCH --partition=gpu',
      '#SBATCH --gpus-per-node=a100:2',
      `#SBATCH --chdir=${cwd}`,
      '#SBATCH --output=slurm-%j.out',
      '#SBATCH --exclusive',
      '#SBATCH --mem=0',
      '#SBATCH --no-kill',
      '#SBATCH --no-requeue',
    ])
    expect(stdout).toContain(`longshore=${PROGRAM}\nrun='${cwd}/my run'\n`)
    const call = 'exec "$node" "$longshore" run jobs.jsonl --retries 2 --backend slurm --run-dir "$run"'
    expect(stdout.endsWith(call)).toBe(true)
    expect(existsSync(join(cwd, 'my run'))).toBe(false)
  })

  test('starts Ray first, where that is asked for, with the Python that is named', async () => {
    const cwd = folderWithJobs()
    const run = ['run', 'jobs.jsonl', '--run-dir', 'run', '--python', 'my venv/bin/python']
    const { exitCode, stdout } = await longshore(['sbatch', '--print', '--ray', '--', ...run], { cwd })
    expect(exitCode).toBe(0)
    expect(stdout).toContain("\npython='my venv/bin/python'\n")
    const call =
      '"$node" "$longshore" run jobs.jsonl --backend ray --address "$address" --python "$python" --run-dir "$run"'
    expect(stdout.endsWith(`\n\n${call}`)).toBe(true)
  })

  test.each([
    [[], ['run', 'jobs.jsonl']],
    [['--ray'], ['run', 'jobs.jsonl']],
    [
      ['--chain', '--sbatch-option=--mail-type=END'],
      ['run', '--sweep', "a=x y,'", '--', 'echo', '{a}', "it's"],
    ],
  ])('shows what the shell can read, with %j', async (options, command) => {
    const cwd = folderWithJobs()
    const { stdout } = await longshore(['sbatch', '--print', ...options, '--', ...command], { cwd })
    const { exitCode, stderr } = await execa('bash', ['-n'], { input: stdout, reject: false })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  })
})

describe('longshore sbatch refuses', () => {
  test.each([
    [
      'nothing to run',
      [],
      'expected what to run behind --, as in: longshore sbatch --nodes 2 -- run FILE (or resume RUN); got nothing',
    ],
    ['another command', ['--', 'plan', 'jobs.jsonl'], /^expected what to run behind --.* got "plan"$/],
    [
      'wrong numbers, all at once',
      ['--nodes', '0', '--time', 'soon', '--', 'run', 'jobs.jsonl'],
      /^--nodes: expected a whole number > 0, got "0"\n--time: expected a time as sbatch takes it, as 90 \(minutes\), 1:30:00 or 2-12 \(days-hours\), got "soon"$/,
    ],
    ['a faulty job file, before anything waits', ['--', 'run', 'none.jsonl'], /^none.jsonl: no such file/],
    [
      'another cluster or backend with Ray',
      ['--ray', '--', 'run', '--address', '10.0.0.1:6379', '--backend', 'slurm', 'jobs.jsonl'],
      /^--address: sbatch --ray starts a Ray cluster of its own.*\n--backend: expected ray, or nothing, with sbatch --ray, got "slurm"$/,
    ],
    ['a faulty option of run', ['--', 'run', '--retries', 'x', 'jobs.jsonl'], /^--retries: expected /],
    [
      'an option that run does not know',
      ['--', 'run', '--max-thraeds', '2', 'jobs.jsonl'],
      /unknown option '--max-thraeds'\n\(Did you mean --max-threads\?\)/,
    ],
    [
      'standard input',
      ['--', 'run', '-'],
      '-: a batch job has no standard input: write the jobs into a file',
    ],
    ['a run that is not there', ['--', 'resume', 'none'], /^--run-dir: no run with a journal in /],
  ])('%s', async (_, args, message) => {
    const cwd = folderWithJobs()
    const { exitCode, stdout, stderr } = await longshore(['sbatch', ...args], { cwd })
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(existsSync(join(cwd, 'longshore-runs'))).toBe(false)
  })

  test('to submit where there is no SLURM, and leaves nothing', async () => {
    const cwd = folderWithJobs()
    const { exitCode, stderr } = await longshore(['sbatch', '--', 'run', 'jobs.jsonl'], {
      cwd,
      env: { PATH: cwd },
    })
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^sbatch: there is no sbatch in PATH: run this on a login node .*--print/)
    expect(existsSync(join(cwd, 'longshore-runs'))).toBe(false)
  })
})
