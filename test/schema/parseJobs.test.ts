import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { InvalidJobsError } from '../../src/errors.ts'
import type { Job } from '../../src/job.ts'
import { command, inline, JobIds, type JobSpec, parseJobs, task } from '../../src/schema/index.ts'

const FOLDER = '/data/project'

function parse(...specs: (JobSpec | Job)[]): Job[] {
  return parseJobs(specs, new JobIds(), { folder: FOLDER })
}

function parseOne(spec: JobSpec): Job {
  const [job] = parse(spec)
  if (!job) throw new Error('no job came of it')
  return job
}

/** Faults of what the types do not allow. */
function faultsOf(...specs: unknown[]): string[] {
  try {
    parse(...(specs as JobSpec[]))
  } catch (error) {
    if (error instanceof InvalidJobsError)
      return error.faults.map(({ where, message }) => `${where}: ${message}`)
    throw error
  }
  return []
}

describe('a job that says no more than what to run', () => {
  test('gets every default', () => {
    expect(parseOne({ command: ['echo', 'a'] })).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}$/),
      name: 'echo a',
      group: 'echo',
      run: { kind: 'command', command: ['echo', 'a'] },
      request: { threads: 1, ramGb: 0, gpus: 0, gpuShare: 1, gpuRamGb: 0, physicalCores: 0, resources: {} },
      timeS: null,
      priority: 0,
      retries: 0,
      timeoutS: null,
      env: {},
      cwd: null,
    })
  })

  test('means the same by null as by leaving a key out', () => {
    const spec = {
      command: ['echo', 'a'],
      threads: null,
      timeoutS: null,
      env: null,
      cwd: null,
      id: null,
      task: null,
    }
    expect(parse(spec as unknown as JobSpec)).toEqual(parse({ command: ['echo', 'a'] }))
  })

  test.for<[JobSpec, string, string]>([
    [{ command: ['/usr/bin/gzip', '-k', 'a b'] }, '/usr/bin/gzip -k a b', 'gzip'],
    [{ command: ['python3.12', 'src/fit.py', '--seed', 1] }, 'python3.12 src/fit.py --seed 1', 'fit.py'],
    [{ command: ['python', '-m', 'fit'] }, 'python -m fit', 'python'],
    [{ command: 'OMP_NUM_THREADS=2 ./fit.sh  a | sort' }, 'OMP_NUM_THREADS=2 ./fit.sh a | sort', 'fit.sh'],
    [{ command: 'echo a\necho b' }, 'echo a echo b', 'echo'],
    [{ command: '(cd data && make)' }, '(cd data && make)', 'cd'],
    [{ task: './fit.ts' }, 'fit', 'fit'],
    [{ task: 'https://example.org/a/fit.mjs?v=1', args: 3 }, 'fit 3', 'fit'],
    [
      { task: './fit.ts', args: { seed: 1, model: 'xgb', data: { deep: 1 }, on: true } },
      'fit seed=1 model=xgb on=true',
      'fit',
    ],
    [{ task: './fit.ts', args: ['a', 2] }, 'fit a 2', 'fit'],
    [{ inline: function wait() {} }, 'wait', 'wait'],
    [{ run: inline(() => 1) }, 'inline', 'inline'],
    [{ command: 'a', name: 'b', group: 'c' }, 'b', 'c'],
    [{ command: 'a', name: 7, group: 2024 }, '7', '2024'],
  ])('%o is called "%s", of the group "%s"', ([spec, name, group]) => {
    expect(parseOne(spec)).toMatchObject({ name, group })
  })

  test('has a name of at most 100 characters', () => {
    const { name } = parseOne({ command: ['echo', 'x'.repeat(500)] })
    expect(name).toHaveLength(100)
    expect(name.endsWith('x…')).toBe(true)
  })
})

describe('what a job runs', () => {
  test('is said by a key or by a constructor', () => {
    const fn = () => 1
    const pairs: [JobSpec, JobSpec][] = [
      [{ command: ['a', 'b'] }, { run: command(['a', 'b']) }],
      [{ command: 'a | b' }, { run: command('a | b') }],
      [{ task: './fit.ts', args: { seed: 1 } }, { run: task('./fit.ts', { seed: 1 }) }],
      [{ inline: fn }, { run: inline(fn) }],
    ]
    for (const [key, constructed] of pairs) expect(parse(key)).toEqual(parse(constructed))
  })

  test('has texts for the numbers in a command and in its variables', () => {
    const job = parseOne({ command: ['fit', '--seed', 1, 0.5], env: { SEED: 1, NAME: '' } })
    expect(job.run).toEqual({ kind: 'command', command: ['fit', '--seed', '1', '0.5'] })
    expect(job.env).toEqual({ SEED: '1', NAME: '' })
  })

  test.for([
    ['./fit.ts', 'file:///data/project/fit.ts'],
    ['../a b/fit.ts', 'file:///data/a%20b/fit.ts'],
    ['/opt/fit.ts', 'file:///opt/fit.ts'],
    ['file:///opt/fit.ts', 'file:///opt/fit.ts'],
    ['data:text/javascript,export default () => 1', 'data:text/javascript,export default () => 1'],
  ] as const)('names the task %s from anywhere', ([given, module]) => {
    expect(parseOne({ task: given }).run).toMatchObject({ module })
    expect(parseOne({ run: task(given) }).run).toMatchObject({ module })
  })

  test('takes URLs, and folders from where the jobs are given', () => {
    const url = pathToFileURL('/opt/fit.ts')
    expect(parseOne({ task: url }).run).toMatchObject({ module: url.href })
    expect(parseOne({ command: 'a', cwd: 'runs' }).cwd).toBe('/data/project/runs')
    expect(parseOne({ command: 'a', cwd: '/tmp' }).cwd).toBe('/tmp')
  })

  test.for<[unknown, string]>([
    [{}, 'expected exactly one of run, command, task and inline, got none of them'],
    [
      { command: 'a', inline: () => 1 },
      'expected exactly one of run, command, task and inline, got command and inline',
    ],
    [
      { run: command('a'), args: 1 },
      'expected args only beside task, got it beside run: hand them to task(url, args)',
    ],
    [{ inline: 'a' }, 'expected inline to be a function, got "a" (text)'],
    [{ run: 'a' }, 'expected run to be what command(…), task(…) or inline(…) returns, got "a" (text)'],
    [
      { run: command([]) },
      'expected run to be what command(…), task(…) or inline(…) returns, got {"kind":"command","command":[]} (object)',
    ],
    [{ command: 'a', threads: Number.NaN }, 'expected threads to be a number > 0, got NaN (number)'],
    [
      { command: 'a', ramGb: Number.POSITIVE_INFINITY },
      'expected ramGb to be a number ≥ 0 (GiB), got Infinity (number)',
    ],
    [{ command: 'a', gpus: 1n }, 'expected gpus to be a whole number ≥ 0, got 1 (bigint)'],
    [undefined, 'expected a job to be an object, got nothing'],
    [() => 1, 'expected a job to be an object, got a function'],
  ])('%o is refused', ([spec, message]) => {
    expect(faultsOf(spec)).toEqual([`jobs[0]: ${message}`])
  })
})

describe('ids', () => {
  test('of equal jobs have a count behind them', () => {
    const ids = parse({ command: 'a' }, { command: 'b' }, { command: 'a' }, { command: 'a' }).map(
      ({ id }) => id,
    )
    expect(ids).toEqual([ids[0], ids[1], `${ids[0]}-2`, `${ids[0]}-3`])
    expect(ids[0]).not.toBe(ids[1])
  })

  test('stay when only the request or the estimate of a job changes', () => {
    const [plain, bigger, other] = [{}, { threads: 4, timeS: 3, priority: 2 }, { env: { A: 'b' } }].map(
      more => parseOne({ command: 'a', ...more }),
    )
    expect(bigger?.id).toBe(plain?.id)
    expect(other?.id).not.toBe(plain?.id)
  })

  test('of tasks depend on the arguments, also on those that JSON cannot hold', () => {
    const jobs = parse(
      ...[1, 2, 1n, 2n, new Float64Array([1]), new Float64Array([2]), { data: new Uint8Array(3) }].map(
        args => ({
          task: 'fit.ts',
          name: 'fit',
          args,
        }),
      ),
    )
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(7)
  })

  test('that users give are kept, and make way for no others', () => {
    const { id } = parseOne({ command: 'a' })
    const jobs = parse({ command: 'a' }, { id, command: 'b' })
    expect(jobs.map(job => job.id)).toEqual([`${id}-2`, id])
  })

  test('that are given twice are refused, and then no id of the call is taken', () => {
    const ids = new JobIds()
    const add = (...specs: JobSpec[]) => parseJobs(specs, ids)
    add({ id: 'a', command: 'x' })
    expect(() => add({ id: 'b', command: 'x' }, { id: 'a', command: 'x' }, { command: 'y' })).toThrow(
      'jobs[1]: expected id to be unique in a run, but "a" is the id of another job',
    )
    expect(add({ id: 'b', command: 'x' })).toMatchObject([{ id: 'b' }])
  })

  test('can be given back', () => {
    const ids = new JobIds()
    const [first] = parseJobs([{ command: 'a' }], ids)
    ids.release([first?.id ?? ''])
    expect(parseJobs([{ command: 'a' }], ids)).toEqual([first])
  })
})

describe('a call with several jobs', () => {
  test('is refused as a whole, with every fault', () => {
    const specs = [
      { command: 'a' },
      { command: 'a', thread: 1 },
      { name: 'c' },
      { command: 'd', ramGb: -1, gpus: 0.5 },
    ]
    expect(faultsOf(...specs)).toEqual([
      'jobs[1]: unknown key "thread": did you mean "threads"?',
      'jobs[2]: expected exactly one of run, command, task and inline, got none of them',
      'jobs[3]: expected ramGb to be a number ≥ 0 (GiB), got -1 (number)',
      'jobs[3]: expected gpus to be a whole number ≥ 0, got 0.5 (number)',
    ])
  })

  test('lets jobs through that were parsed before', () => {
    const jobs = parse({ command: 'a' }, { command: 'b', id: 'b' })
    expect(parse(...jobs)).toEqual(jobs)
  })

  test('shares one request among neighbours that ask for the same', () => {
    const [a, b, c] = parse({ command: 'a', threads: 2 }, { command: 'b', threads: 2 }, { command: 'c' })
    expect(b?.request).toBe(a?.request)
    expect(c?.request).toMatchObject({ threads: 1 })
  })
})
