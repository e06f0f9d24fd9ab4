import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { longshore, newFolder, start } from './support/longshore.ts'

const explain = (cwd: string, ...args: string[]) => longshore(['explain', ...args], { cwd })

describe('longshore explain', () => {
  test('tells how and when a job of a run ended, for people and as JSON', async () => {
    const cwd = newFolder()
    const jobs =
      '{"id": "good", "command": "true"}\n{"id": "bad", "name": "a bad one", "command": "exit 3"}\n'
    await longshore(['run', '--reports', 'none', '--run-dir', 'longshore-runs/one', '-'], {
      cwd,
      input: jobs,
    })
    const [good, bad, asJson] = await Promise.all([
      explain(cwd, 'longshore-runs/one', 'good'),
      explain(cwd, 'one', 'bad'),
      explain(cwd, join(cwd, 'longshore-runs/one'), 'bad', '--json'),
    ])
    expect(good).toMatchObject({ exitCode: 0, stderr: '' })
    expect(good.stdout).toMatch(/^true \(good\) succeeded at \d{4}-.* on .*, after .*\.$/)
    expect(bad.stdout).toMatch(
      /^a bad one \(bad\) failed at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d on .*: exit code 3, after/,
    )
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      id: 'bad',
      state: 'ended',
      outcome: { status: 'failed', exitCode: 3, attempts: 1 },
    })
  })

  test('tells where the jobs of a run stand that goes on, and where they stood when it ended', async () => {
    const cwd = newFolder()
    const command = 'until [ -e go ]; do sleep 0.02; done'
    const jobs = ['long', 'short'].map((id, i) => JSON.stringify({ id, command, timeS: 9 - i }))
    writeFileSync(join(cwd, 'jobs.jsonl'), jobs.join('\n'))
    const run = start(['--run-dir', 'run', '--max-threads', '1', 'jobs.jsonl'], cwd)
    await run.event('job.started')
    const going = await Promise.all([explain(cwd, 'run', 'long'), explain(cwd, 'run', 'short', '--json')])
    expect(going[0].stdout).toMatch(
      / runs on .* since \d\d:\d\d \(for .*\).*\n {2}holds {3}1 thread.*\n {2}placed {2}/,
    )
    expect(JSON.parse(going[1].stdout)).toMatchObject({
      state: 'waiting',
      reason: { kind: 'full' },
      nodes: [{ fits: false, missing: [expect.objectContaining({ resource: 'threads' })] }],
    })
    run.kill('SIGKILL')
    await run.exitCode
    writeFileSync(join(cwd, 'go'), '')
    const left = await Promise.all([explain(cwd, 'run', 'long'), explain(cwd, 'run', 'short')])
    expect(left[0].stdout).toMatch(/ ran on .*, since \d\d:\d\d, when its scheduler ended\.\n/)
    expect(left[1].stdout).toMatch(/ waited when its scheduler ended\.\n/)
  })

  test('asks what was meant where it knows no such job, or no such run', async () => {
    const cwd = newFolder()
    const input = '{"id": "fit-seed-1", "command": "true"}\n'
    await longshore(['run', '--reports', 'none', '--run-dir', 'run', '-'], { cwd, input })
    const calls = [
      ['run', 'fit-seed-2'],
      ['run', 'something'],
      ['nowhere', 'x'],
      ['.', 'x'],
    ]
    const answers = await Promise.all(calls.map(args => explain(cwd, ...args)))
    expect(answers.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(calls.map(() => [2, '']))
    expect(answers.map(({ stderr }) => stderr)).toEqual([
      'No job "fit-seed-2" in this run: did you mean "fit-seed-1"?',
      'No job "something" in this run.',
      `nowhere: expected the folder of a run, or its name in longshore-runs/; there is no folder ${join(cwd, 'nowhere')}`,
      `${cwd}: expected the folder of a run, but there is no journal.sqlite in it`,
    ])
  })
})
