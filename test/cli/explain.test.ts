import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { longshore, newFolder } from './support/longshore.ts'

describe('longshore explain', () => {
  test('tells how and when a job of a run ended, for people and as JSON', async () => {
    const cwd = newFolder()
    const jobs =
      '{"id": "good", "command": "true"}\n{"id": "bad", "name": "a bad one", "command": "exit 3"}\n'
    await longshore(['run', '--reports', 'none', '--run-dir', 'run', '-'], { cwd, input: jobs })
    const [good, bad, asJson] = await Promise.all([
      longshore(['explain', 'run', 'good'], { cwd }),
      longshore(['explain', join(cwd, 'run'), 'bad'], { cwd }),
      longshore(['explain', 'run', 'bad', '--json'], { cwd }),
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

  test('finds a run by its name in longshore-runs, and passes over a line that was cut off', async () => {
    const cwd = newFolder()
    await longshore(['run', '--reports', 'none', '--', 'true'], { cwd })
    const [name = ''] = readdirSync(join(cwd, 'longshore-runs'))
    const results = join(cwd, 'longshore-runs', name, 'results.jsonl')
    const { id } = JSON.parse(readFileSync(results, 'utf8'))
    appendFileSync(results, `{"id":"${id}","name":"cut`)
    const { exitCode, stdout } = await longshore(['explain', name, id], { cwd })
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('succeeded') })
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
    const answers = await Promise.all(calls.map(args => longshore(['explain', ...args], { cwd })))
    expect(answers.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(calls.map(() => [2, '']))
    expect(answers.map(({ stderr }) => stderr)).toEqual([
      'No job "fit-seed-2" in this run: did you mean "fit-seed-1"?',
      'No job "something" in this run.',
      `nowhere: expected the folder of a run, or its name in longshore-runs/; there is no folder ${join(cwd, 'nowhere')}`,
      `${cwd}: expected the folder of a run, but there is no results.jsonl in it`,
    ])
  })
})
