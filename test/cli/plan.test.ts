import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { longshore, newFolder } from './support/longshore.ts'

const HERE = ['--capacity', 'threads=2,ramGb=8,gpus=0']

function folderWith(name: string, text: string): string {
  const cwd = newFolder()
  writeFileSync(join(cwd, name), text)
  return cwd
}

const JOBS = [3, 2, 2, 1].map((timeS, i) =>
  JSON.stringify({ name: `fit ${i}`, group: 'fit', timeS, command: ['touch', `ran${i}`] }),
)

describe('longshore plan', () => {
  test('says how long jobs will take, what limits them, and starts nothing', async () => {
    const cwd = folderWith('jobs.jsonl', JOBS.join('\n'))
    const { exitCode, stdout, stderr } = await longshore(['plan', ...HERE, 'jobs.jsonl'], { cwd })
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain('4 jobs in 1 group')
    expect(stdout).toContain('makespan   4.0 s')
    expect(stdout).toContain('at least   4.0 s, set by threads; the makespan is 1.00 × that')
    expect(stdout).toMatch(/threads\s+2\s+(99|100)%\s+100%/)
    expect(stdout).toMatch(/^ {2}2 threads f━+f━+$/m)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(84)
    expect(() => readFileSync(join(cwd, 'ran0'))).toThrow('ENOENT')
  })

  test('plans a command and its sweep with the options of run', async () => {
    const request = ['--threads', '2', '--time-s', '5', '--group', 'fits', '--sweep', 'seed=1..3']
    const { exitCode, stdout } = await longshore(['plan', ...HERE, ...request, '--', 'fit', '{seed}'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('3 jobs in 1 group')
    expect(stdout).toContain('makespan   15 s')
  })

  test('compares machines, by --machine or, for files, by --threads and the like', async () => {
    const cwd = folderWith('jobs.jsonl', JOBS.join('\n'))
    const machines = ['--threads', '4', '--machine', 'nodes=2', '--machine', 'threads=0.5']
    const { exitCode, stdout } = await longshore(['plan', ...HERE, ...machines, 'jobs.jsonl'], { cwd })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^ {4}this machine +4\.0 s .* threads$/m)
    expect(stdout).toMatch(/^ {4}4 threads +3\.0 s .* longest job$/m)
    expect(stdout).toMatch(/^ {4}2 nodes +3\.0 s .* longest job$/m)
    expect(stdout).toMatch(/^ {4}0\.5 threads +does not fit/m)
    expect(stdout).toContain('4 jobs do not fit')
  })

  test('gives one JSON object, and draws an SVG, where it is asked to', async () => {
    const cwd = folderWith('jobs.jsonl', JOBS.join('\n'))
    const { stdout } = await longshore(['plan', ...HERE, '--json', '--svg', 'plan.svg', 'jobs.jsonl'], {
      cwd,
    })
    const plan = JSON.parse(stdout)
    expect(plan).toMatchObject({ kind: 'plan', jobs: 4, machines: [{ lowerBound: { by: 'threads' } }] })
    expect(plan.timeline.bars).toHaveLength(4)
    const svg = readFileSync(join(cwd, 'plan.svg'), 'utf8')
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[\s\S]*<\/svg>\n$/)
    expect(svg.match(/<title>/g)).toHaveLength(4)
  })

  test('tells every fault of a file with its line, as run does', async () => {
    const cwd = folderWith(
      'jobs.jsonl',
      '{"command": ["a"], "threads": 3}\n{"command": ["b"]}\n{"command": ["c"], "threads": 9}\n',
    )
    const impossible = await longshore(['plan', ...HERE, 'jobs.jsonl'], { cwd })
    expect(impossible.exitCode).toBe(2)
    expect(impossible.stderr).toMatch(
      /^jobs\.jsonl:1: .*asks for threads 3.*\njobs\.jsonl:3: .*asks for threads 9/,
    )
    writeFileSync(join(cwd, 'faulty.jsonl'), '{"comand": "a"}\n{"command": ["b"], "threads": 0}\n')
    const faulty = await longshore(['plan', 'faulty.jsonl'], { cwd })
    expect(faulty.exitCode).toBe(2)
    expect(faulty.stderr).toContain('faulty.jsonl:1: unknown key "comand": did you mean "command"?')
    expect(faulty.stderr).toContain('faulty.jsonl:2: expected threads to be a number > 0')
    expect(faulty.stdout + impossible.stdout).toBe('')
  })

  test.each([
    [['--machine', 'threads=-1', 'jobs.jsonl'], '--machine: expected threads to be a number > 0, got -1'],
    [['--machine', 'threds=1', 'jobs.jsonl'], '--machine: unknown "threds": did you mean "threads"?'],
    [['--time-s', '4', 'jobs.jsonl'], '--time-s: is for a command behind --'],
    [['--svg', 'no/such/folder/x.svg', 'jobs.jsonl'], '--svg: cannot write no/such/folder/x.svg'],
    [['nothing.jsonl'], 'nothing.jsonl: no such file'],
    [['empty'], 'empty: expected the folder of a run, which holds results.jsonl; this one does not'],
    [[], 'expected a job file, or a command behind --. See longshore plan --help'],
  ])('refuses %j', async (args, message) => {
    const cwd = folderWith('jobs.jsonl', JOBS.join('\n'))
    mkdirSync(join(cwd, 'empty'))
    const { exitCode, stdout, stderr } = await longshore(['plan', ...HERE, ...args], { cwd })
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(message)
  })
})

describe('longshore plan of a run that has been', () => {
  const NAPS = [0.3, 0.2, 0.1].map((timeS, i) =>
    JSON.stringify({ name: `nap ${i}`, group: 'nap', timeS, command: ['sleep', `${timeS}`] }),
  )

  test('shows what has been beside what was predicted and what was possible', async () => {
    const cwd = folderWith(
      'naps.jsonl',
      [...NAPS, '{"name": "bad", "command": "sleep 0.1; exit 3", "timeS": 0.1}'].join('\n'),
    )
    await longshore(['run', ...HERE, '--reports', 'none', '--run-dir', 'run', 'naps.jsonl'], { cwd })
    const { exitCode, stdout, stderr } = await longshore(
      ['plan', '--machine', 'threads=4', '--svg', 'run.svg', 'run'],
      { cwd },
    )
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain('jobs       4: 3 succeeded, 1 failed')
    expect(stdout).toMatch(/predicted {2}\S+ m?s, after .*; it took \d+\.\d\d × that/)
    expect(stdout).toMatch(/simulated {2}.*with the durations that the jobs had/)
    expect(stdout).toMatch(/^ {4}4 threads .* longest job$/m)
    expect(readFileSync(join(cwd, 'run.svg'), 'utf8')).toContain('failed</title>')
    const { stdout: json } = await longshore(['plan', '--json', 'run'], { cwd })
    const { durationS, lowerBound, timeline, machines } = JSON.parse(json)
    expect(timeline.bars.map(({ name }: { name: string }) => name).sort()).toEqual([
      'bad',
      'nap 0',
      'nap 1',
      'nap 2',
    ])
    expect(lowerBound.seconds).toBeGreaterThan(0.29)
    expect(lowerBound.seconds).toBeLessThanOrEqual(machines[0].makespanS + 1e-9)
    expect(durationS).toBeGreaterThanOrEqual(lowerBound.seconds)
  })

  test('makes do without a summary, as after a crash, and names lines that are none', async () => {
    const cwd = folderWith('naps.jsonl', NAPS.join('\n'))
    await longshore(['run', ...HERE, '--reports', 'none', '--run-dir', 'run', 'naps.jsonl'], { cwd })
    const results = readFileSync(join(cwd, 'run/results.jsonl'), 'utf8')
    mkdirSync(join(cwd, 'crashed'))
    writeFileSync(join(cwd, 'crashed/results.jsonl'), results)
    const crashed = await longshore(['plan', 'crashed'], { cwd })
    expect(crashed.exitCode).toBe(0)
    expect(crashed.stdout).toContain('jobs       3: 3 succeeded')
    writeFileSync(join(cwd, 'crashed/results.jsonl'), `${results}{"id": "x"\n`)
    const broken = await longshore(['plan', 'crashed'], { cwd })
    expect(broken.exitCode).toBe(2)
    expect(broken.stderr).toContain('results.jsonl:4: expected an outcome')
  })
})
