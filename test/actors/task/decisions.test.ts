import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Death, explainDeath } from '../../../src/actors/task/death.ts'
import { createIdleWorkers } from '../../../src/actors/task/idle.ts'
import { PLAIN, workerKind } from '../../../src/actors/task/kind.ts'
import { findUncloneable } from '../../../src/actors/task/uncloneable.ts'
import { isWorn, type Wear } from '../../../src/actors/task/wear.ts'
import { findSetpriv, workerCommand } from '../../../src/actors/task/workerCommand.ts'
import { skipUnless } from '../../support/skip.ts'
import { placed, temporaryFolder, type WorkOverrides } from './harness.ts'

describe('isWorn', () => {
  const limits = { ramGrowthFactor: 4, tasksPerWorker: 200, workerLifeS: 5 }
  const young: Wear = { tasks: 1, ageS: 1, bareRamGb: 0.05, ramGb: 0.05 }
  test.each([
    ['a young worker is not', young, false],
    ['memory beyond the factor is enough', { ...young, ramGb: 0.201 }, true],
    ['memory at the factor is not', { ...young, ramGb: 0.2 }, false],
    ['many short tasks are not, before its time', { ...young, tasks: 50_000, ageS: 4.9 }, false],
    ['a long life with few tasks is not', { ...young, tasks: 199, ageS: 1e6 }, false],
    ['enough tasks and enough life are', { ...young, tasks: 200, ageS: 5 }, true],
  ])('%s', (_, wear, expected) => {
    expect(isWorn(wear, limits)).toBe(expected)
  })
})

describe('workerKind', () => {
  const kindFor = (overrides: WorkOverrides) =>
    workerKind(placed('/run', { kind: 'task', module: '/m.ts', args: null }, overrides))
  const gpu = (id: string, index = 0) => ({ id, index })

  test('is the plain one for a CPU task, whatever else it sets', () => {
    expect(kindFor({ job: { env: { OWN: '1' } } })).toBe(PLAIN)
  })

  test('differs by visible GPUs, in their order, and by pinned CPUs', () => {
    const kinds = [
      kindFor({ placement: { gpus: [gpu('0')] } }),
      kindFor({ placement: { gpus: [gpu('1', 1)] } }),
      kindFor({ placement: { gpus: [gpu('0'), gpu('1', 1)] } }),
      kindFor({ placement: { gpus: [gpu('1', 1), gpu('0')] } }),
      kindFor({ placement: { cpus: [0, 1] } }),
      kindFor({ placement: { cpus: [2, 3] } }),
      PLAIN,
    ]
    expect(new Set(kinds.map(kind => kind.key)).size).toBe(kinds.length)
    expect(kinds.map(kind => kind.hasGpus)).toEqual([true, true, true, true, false, false, false])
  })

  test('follows what a job sets itself', () => {
    const own = kindFor({ job: { env: { CUDA_VISIBLE_DEVICES: '5' } } })
    expect(own.visibleGpus).toMatchObject({ CUDA_VISIBLE_DEVICES: '5', HIP_VISIBLE_DEVICES: '' })
    expect(own.hasGpus).toBe(true)
  })
})

describe('idle workers', () => {
  test('are taken by kind, the latest first, and given up the oldest first', () => {
    const idle = createIdleWorkers<string>()
    for (const [at, name] of ['a1', 'b1', 'a2', 'a3'].entries()) idle.put(name[0] ?? '', name, at)
    expect(idle.take('a')).toBe('a3')
    expect(idle.take('c')).toBeUndefined()
    expect(idle.takeOldest()).toBe('a1')
    idle.remove('b1')
    expect([idle.size, idle.take('b'), idle.take('a'), idle.takeOldest()]).toEqual([
      1,
      undefined,
      'a2',
      undefined,
    ])
  })

  test('are given up when they have waited too long', () => {
    const idle = createIdleWorkers<string>()
    for (const [at, name] of ['a', 'b', 'c'].entries()) idle.put('', name, at)
    expect(idle.takeStale((_, since) => since < 2)).toEqual(['a', 'b'])
    expect(idle.size).toBe(1)
  })
})

describe('explainDeath', () => {
  const ended = {
    kind: 'ended',
    exitCode: null,
    signal: null,
    stderr: '',
    heapLimitMb: 100,
    wanted: false,
  } as const
  const deaths: [string, Death, string, RegExp][] = [
    [
      'by the kernel or a user',
      { ...ended, signal: 'SIGKILL' },
      'signal',
      /^worker ended by SIGKILL, sent from/,
    ],
    [
      'as it was asked to',
      { ...ended, signal: 'SIGKILL', wanted: true },
      'signal',
      /^worker ended by SIGKILL$/,
    ],
    ['by a crash', { ...ended, signal: 'SIGSEGV' }, 'signal', /^worker ended by SIGSEGV: a crash/],
    [
      'out of heap, told by code',
      { ...ended, exitCode: 134, stderr: 'FATAL ERROR: … JavaScript heap out of memory\n' },
      'signal',
      /^worker ran out of heap \(V8 limit 100 MB\)/,
    ],
    ['by exit', { ...ended, exitCode: 0 }, 'exit', /exit code 0: it called process.exit\(\)/],
    [
      'before it was ready',
      { ...ended, exitCode: 9, heapLimitMb: null, stderr: 'bad option' },
      'start',
      /bad option/,
    ],
    ['before it began', { kind: 'unstarted', error: new Error('spawn E2BIG') }, 'start', /spawn E2BIG/],
  ]
  test.each(deaths)('%s', (_, death, reason, message) => {
    const failure = explainDeath(death)
    expect(failure.reason).toBe(reason)
    expect(failure.message).toMatch(message)
  })
})

describe('findUncloneable', () => {
  const fn = () => {}
  const circular: { self?: unknown; bad: unknown } = { bad: Promise.resolve() }
  circular.self = circular
  test.each([
    ['v is a function', fn],
    ['v.a[1] is a symbol', { a: [1, Symbol('s')] }],
    ['v["not an identifier"] is a function', { 'not an identifier': fn }],
    ['v.get("k").f is a function', new Map([['k', { f: fn }]])],
    ['a key of v is a function', new Map([[fn, 1]])],
    ['a member of v is a function', new Set([fn])],
    ['v.bad is a Promise', { bad: Promise.resolve() }],
    ['v.m is a WeakMap', { m: new WeakMap() }],
  ])('%s', (expected, value) => {
    expect(findUncloneable(value, 'v')).toBe(expected)
  })

  test('ends with circular values', () => {
    expect(findUncloneable(circular, 'v')).toMatch(/^v(\.self)*(\.bad)? is /)
  })

  test('finds nothing in what can be cloned', () => {
    expect(findUncloneable({ a: [new Date(), 1n, new Error('e'), new Uint8Array(1)] }, 'v')).toBeNull()
  })
})

describe('workerCommand', () => {
  const plain = { cpus: [], execArgv: [], hasSetpriv: false, heapMb: null }
  test('is Node with the script beside the executor', () => {
    const { file, args } = workerCommand({ ...plain, execArgv: ['--expose-gc'] })
    expect(file).toBe(process.execPath)
    expect(args.at(-2)).toBe('--expose-gc')
    expect(args.at(-1)).toMatch(/\/src\/actors\/task\/worker\/main\.ts$/)
  })

  test('lets the heap grow as far as the task may, where that is more than V8 takes by itself', () => {
    expect(workerCommand({ ...plain, heapMb: 65_536 }).args).toContain('--max-old-space-size=65536')
  })

  test('pins and dies with the scheduler where it is asked to', () => {
    const { file, args } = workerCommand({ ...plain, cpus: [2, 3], hasSetpriv: true })
    expect([file, ...args.slice(0, 6)]).toEqual([
      'taskset',
      '-c',
      '2,3',
      'setpriv',
      '--pdeathsig',
      'KILL',
      process.execPath,
    ])
  })

  test('uses a setpriv only that knows the option', async context => {
    skipUnless(context, process.platform === 'linux', 'setpriv is there on Linux only')
    const folder = await temporaryFolder()
    const program = async (name: string, content: string) => {
      await mkdir(join(folder, name))
      await writeFile(join(folder, name, 'setpriv'), content)
      await chmod(join(folder, name, 'setpriv'), 0o755)
      return join(folder, name)
    }
    const old = await program('old', 'options: --reuid')
    const current = await program('current', 'options: --pdeathsig')
    expect(findSetpriv(`/nowhere:${current}:${old}`)).toBe(true)
    expect(findSetpriv(`${old}:${current}`)).toBe(false)
    expect(findSetpriv('/nowhere')).toBe(false)
  })
})
