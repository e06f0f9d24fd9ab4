import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { RunEvent, RunPicture } from '../../src/progress.ts'
import { lastLines } from '../../src/reports/plain/logTail.ts'
import { plainReporter } from '../../src/reports/plain/reporter.ts'
import { SimulatedClock } from '../../src/simulator/clock.ts'
import { keptOutput } from './support/output.ts'
import { aFailure, aJob, anyName, anyPicture, aPicture, aProgress, aReport, NOW } from './support/pictures.ts'

const BURST: RunEvent = { type: 'burst.placed', at: NOW, placed: 2 }
const ENDED: RunEvent = { type: 'job.ended', at: NOW, outcome: aFailure({ status: 'succeeded' }) }
const STARTED: RunEvent = { type: 'job.started', at: NOW, id: 'a', pid: 1 }

const BEGUN: RunEvent = {
  type: 'run.started',
  at: NOW,
  jobs: 2,
  nodes: [],
  fixedRam: { command: 0, task: 0, inline: 0, cuda: 0 },
  runDir: null,
}

function reporting(picture: () => RunPicture = () => aPicture(), size?: { columns: number; rows: number }) {
  const clock = new SimulatedClock(NOW)
  const stderr = keptOutput(size)
  const reporter = plainReporter({ picture, stdout: keptOutput(), stderr, clock })
  const titles = (): string[] => [...stderr.take().matchAll(/── (\w+) REPORT/g)].map(match => match[1] ?? '')
  return { clock, stderr, reporter, titles }
}

describe('the plain reports', () => {
  test('START tells of jobs, machine, fixed RAM and folder', () => {
    const { reporter, stderr } = reporting()
    const gpu = { id: '0', name: 'Tesla T4', ramGb: 14.75 }
    const cores = Array.from({ length: 8 }, (_, i) => ({ cpus: [i, i + 8] }))
    const node = {
      name: 'node-1',
      threads: 16,
      ramGb: 62.8,
      cores,
      gpus: [gpu, gpu],
      resources: { license: 4 },
    }
    reporter.tell({
      type: 'run.started',
      at: NOW,
      jobs: 1200,
      nodes: [node],
      fixedRam: { command: 0, task: 0.05, inline: 0, cuda: 0.4 },
      runDir: 'longshore-runs/tabular',
    })
    expect(stderr.take().split('\n')).toEqual([
      '── START REPORT ───────────────────────────────────────── 2031-02-03 14:05:06 ──',
      '  jobs       1,200',
      '  machine    node-1: 16 threads, 8 physical cores, 62.8 GiB RAM, 4 license',
      '  GPUs       2 × Tesla T4, 14.8 GiB each',
      '  fixed RAM  command 0, task 0.05, inline 0, CUDA context 0.4 GiB each',
      '  folder     longshore-runs/tabular',
      '',
    ])
  })

  test('a node that comes later is told of in a line', () => {
    const { reporter, stderr } = reporting()
    const gpu = { id: '0', name: 'Tesla T4', ramGb: 14.75 }
    const node = { name: 'n\u001b2', threads: 4, ramGb: 7.5, cores: [], gpus: [gpu], resources: {} }
    reporter.tell({ type: 'node.joined', at: NOW, node })
    expect(stderr.take()).toBe('n\\x1b2 has joined: 4 threads, 7.5 GiB RAM; Tesla T4, 14.8 GiB\n')
  })

  test('INTERMEDIATE tells of what is done and what is left', () => {
    const progress = aProgress({ remainingIntervalS: [7000, 8600] })
    const { reporter, stderr } = reporting(() => aPicture({ progress }))
    reporter.tell(BURST)
    expect(stderr.take().split('\n')).toEqual([
      '── INTERMEDIATE REPORT ────────────────────────────────── 2031-02-03 14:05:06 ──',
      '  jobs       137 finished (3 failed), 2 running, 341 remaining',
      '  elapsed    1h 02m (32% of the expected time)',
      '  remaining  2h 10m (1h 57m – 2h 23m)',
      '  ends       2031-02-03 16:14:56',
      '  longest    xgb covtype fold=1: 50m 00s',
      '',
    ])
  })

  test('nothing more is told for 5 s after START: nothing has happened yet', () => {
    const { clock, reporter, titles } = reporting()
    reporter.tell(BEGUN)
    reporter.tell(BURST)
    expect(titles()).toEqual(['START'])
    clock.advance(4999)
    expect(titles()).toEqual([])
    clock.advance(1)
    expect(titles()).toEqual(['INTERMEDIATE'])
  })

  test('cancelled jobs are not counted as finished', () => {
    const counts = { ...aProgress().counts, cancelled: 7 }
    const { reporter, stderr } = reporting(() => aPicture({ progress: aProgress({ counts }) }))
    reporter.tell(BURST)
    expect(stderr.take()).toContain('137 finished (3 failed), 7 cancelled, 2 running, 341 remaining')
  })

  test('a stop is told once, with who stopped it, what is waited for, and when what runs is killed', () => {
    const first = { at: NOW, by: 'Ctrl-C', killsAt: null }
    let picture = aPicture({ stop: first, state: 'draining' })
    const { reporter, stderr } = reporting(() => picture)
    reporter.tell({ type: 'state.changed', at: NOW, state: 'draining' })
    expect(stderr.take()).toBe(
      'draining (Ctrl-C): no more jobs are started; waiting for 2 running jobs. Ctrl-C again ends them.\n',
    )
    picture = aPicture({ stop: { ...first, killsAt: NOW + 10_000 }, state: 'closing' })
    reporter.tell({ type: 'state.changed', at: NOW, state: 'closing' })
    expect(stderr.take()).toBe('closing (Ctrl-C): ending 2 running jobs: TERM sent, KILL in 10 s\n')
    picture = aPicture({ stop: { at: NOW, by: null, killsAt: null }, state: 'draining' })
    reporter.tell({ type: 'state.changed', at: NOW, state: 'draining' })
    expect(stderr.take()).toBe('draining: no more jobs are started; waiting for 2 running jobs.\n')
  })

  test('END says that a run was stopped, and what was left undone', async () => {
    const { reporter, stderr } = reporting()
    const outcomes = [
      aFailure({ id: 'a', status: 'cancelled', attempts: 0, startedAt: null }),
      aFailure({ id: 'b', status: 'cancelled', attempts: 1 }),
    ]
    const stop = { at: NOW - 20_000, by: 'Ctrl-C', killsAt: NOW }
    await reporter.end(aReport({ runDir: null, outcomes, stop, notStarted: 1 }))
    expect(stderr.take()).toContain(
      '\n  stopped    after 10m 00s (Ctrl-C): 1 job not started, 1 ended while running\n',
    )
    await reporter.end(aReport({ runDir: null, outcomes: outcomes.slice(1), stop }))
    expect(stderr.take()).toContain('(Ctrl-C): 1 job ended while running\n')
  })

  test('END of a run that was stopped says how to go on, and nothing of an estimate of the whole', async () => {
    const { reporter, stderr } = reporting()
    const firstEstimate = { atS: 1, remainingS: 100, intervalS: null }
    const stop = { at: NOW - 20_000, by: 'Ctrl-C', killsAt: null }
    await reporter.end(aReport({ runDir: '/runs/fits', firstEstimate, stop, notStarted: 7 }))
    const stopped = stderr.take()
    expect(stopped).toContain('\n  go on      longshore resume /runs/fits\n')
    expect(stopped).not.toContain('\n  estimate ')
    await reporter.end(aReport({ runDir: '/runs/fits', firstEstimate, stop, notStarted: 0 }))
    expect(stderr.take()).not.toContain('longshore resume')
    await reporter.end(aReport({ runDir: '/runs/fits', firstEstimate }))
    expect(stderr.take()).toContain('\n  estimate   after 1.0 s, ')
  })

  test('bursts that follow soon are told of together, after 5 s, and later every hundredth of the run', () => {
    const { clock, reporter, titles } = reporting()
    reporter.tell(BURST)
    expect(titles()).toEqual(['INTERMEDIATE'])
    for (let i = 0; i < 49; i += 1) {
      clock.advance(100)
      reporter.tell(BURST)
    }
    expect(titles()).toEqual([])
    clock.advance(100)
    expect(titles()).toEqual(['INTERMEDIATE'])
    clock.advance(3_600_000)
    reporter.tell(BURST)
    expect(titles()).toEqual(['INTERMEDIATE'])
    clock.advance(30_000)
    reporter.tell(BURST)
    expect(titles()).toEqual([])
    clock.advance(7000)
    expect(titles()).toEqual(['INTERMEDIATE'])
  })

  test('RUNNING comes when nothing has ended for 30 s, then after twice as long each time', () => {
    const { clock, reporter, stderr, titles } = reporting()
    reporter.tell(STARTED)
    clock.advance(29_999)
    reporter.tell(ENDED)
    clock.advance(29_999)
    expect(titles()).toEqual([])
    clock.advance(1)
    expect(stderr.take().split('\n')).toEqual([
      '── RUNNING REPORT ─────────────────────────────────────── 2031-02-03 14:05:06 ──',
      '  2 jobs running',
      '    job                 elapsed  remaining  RAM/requested',
      '    xgb covtype fold=1  10m 00s    50m 00s      3.1/4 GiB',
      '    mlp jannis fold=2   10m 00s       45 s        –/4 GiB  overdue',
      '',
    ])
    clock.advance(59_999)
    expect(titles()).toEqual([])
    clock.advance(1)
    expect(titles()).toEqual(['RUNNING'])
  })

  test('nothing is told of, and no timer is left, while no job runs', () => {
    const { clock, reporter, titles } = reporting(() => aPicture({ running: [] }))
    reporter.tell(STARTED)
    reporter.tell(ENDED)
    clock.runAll()
    expect(titles()).toEqual([])
  })

  test('a long list of running jobs is cut', () => {
    const running = Array.from({ length: 60 }, (_, i) => aJob({ name: `job ${i}` }))
    const { clock, reporter, stderr } = reporting(() => aPicture({ running }))
    reporter.tell(STARTED)
    clock.advance(30_000)
    expect(stderr.take()).toMatch(/job 49 .*\n {4}… and 10 more\n$/)
  })

  test('warnings and the first ten failures have lines of their own, harmless on a terminal', () => {
    const { reporter, stderr } = reporting()
    reporter.tell({ type: 'warning', at: NOW, message: 'no \u001b[2J GPUs' })
    expect(stderr.take()).toBe('warning: no \\x1b[2J GPUs\n')
    const failed: RunEvent = { type: 'job.ended', at: NOW, outcome: aFailure({ name: 'a\u0007' }) }
    for (let i = 0; i < 10; i += 1) reporter.tell(failed)
    expect(stderr.take()).toBe('✗ a\\x07: exit code 1, after 36 s\n'.repeat(10))
    for (let i = 0; i < 10; i += 1) reporter.tell(failed)
    expect(stderr.take()).toBe('further failures are only counted; the END report tells of them\n')
  })

  test('a job that ran out of memory and gets more has a line, any other retry has none', () => {
    const { reporter, stderr } = reporting()
    const failure = { reason: 'exit', message: 'exit code 1' } as const
    const retrying = {
      type: 'job.retrying',
      at: NOW,
      id: 'a',
      name: 'fit',
      attempt: 1,
      retryAt: NOW,
      failure,
    } as const
    reporter.tell({ ...retrying, more: { of: 'gpuRam', gib: 1.5, others: 0 } })
    expect(stderr.take()).toBe('↻ fit ran out of GPU RAM: tried again with 1.5 GiB\n')
    reporter.tell({ ...retrying, more: { of: 'ram', gib: 3, others: 2 } })
    expect(stderr.take()).toBe(
      '↻ fit ran out of RAM: tried again with 3 GiB (also for 2 waiting jobs of its group)\n',
    )
    reporter.tell({ ...retrying, more: null })
    expect(stderr.take()).toBe('')
  })

  test('END tells what the run came to, with the last lines of failed jobs', async () => {
    const runDir = await mkdtemp(join(tmpdir(), 'longshore-reports-'))
    onTestFinished(() => rm(runDir, { recursive: true }))
    await mkdir(join(runDir, 'logs'))
    const log = ['one', 'two', '\u001b[31mthree\u001b[0m', '', ' 10%\r 50%\r 99%\r', 'four\u0007', 'five', '']
    await writeFile(join(runDir, 'logs', 'f1.3.err'), log.join('\n'))
    const { reporter, stderr, clock } = reporting()
    reporter.tell(STARTED)
    await reporter.end(
      aReport({
        runDir,
        outcomes: [
          aFailure({ attempts: 3 }),
          aFailure({ id: 's', status: 'succeeded', group: 'xgb', durationS: 12 }),
          aFailure({ id: 't', status: 'succeeded', group: 'xgb', durationS: 24 }),
        ],
        groups: [
          { group: 'xgb', factor: 1.324, jobs: 2 },
          { group: 'knn', factor: 1, jobs: 0 },
        ],
        ramRatios: [{ id: 's', name: 'xgb covtype', peakRamGb: 3.9, requestedRamGb: 4 }],
        firstEstimate: { atS: 2, remainingS: 550, intervalS: null },
      }),
    )
    expect(stderr.take().split('\n')).toEqual([
      '── END REPORT ─────────────────────────────────────────── 2031-02-03 14:05:06 ──',
      '  start      2031-02-03 13:54:46',
      '  end        2031-02-03 14:05:06',
      '  duration   10m 20s',
      '  jobs       3: 2 succeeded, 1 failed',
      '  estimate   after 2.0 s, 9m 10s were expected; it took 10m 18s (1.12 ×)',
      `  results    ${runDir}/results.jsonl`,
      '',
      '  Time factors (duration / estimate)',
      '    group  factor  from jobs  mean duration',
      '    xgb      1.32          2           18 s',
      '    knn         –          0              –',
      '',
      '  Largest peak RAM / requested',
      '    xgb covtype  0.97 ×  3.9/4 GiB',
      '',
      '  Failed jobs (1)',
      '    ✗ mlp adult fold=2',
      '        exit code 1, after 36 s, 3 attempts',
      '        │ two',
      '        │ three',
      '        │  99%',
      '        │ four\\x07',
      '        │ five',
      `        ${runDir}/logs/f1.3.err`,
      '',
    ])
    clock.runAll()
    expect(stderr.take()).toBe('')
  })

  test('END tells what a task threw, where in code of the user, and why; and names no log that is not there', async () => {
    const runDir = await mkdtemp(join(tmpdir(), 'longshore-reports-'))
    onTestFinished(() => rm(runDir, { recursive: true }))
    const stack = [
      'TypeError: no rows',
      '    at read (file:///home/me/read.ts:3:9)',
      '    at default (file:///home/me/fit.ts:12:20)',
      `    at call (${new URL('../../src/actors/task/worker/main.ts', import.meta.url)}:100:22)`,
      '    at Actor._process (/home/me/node_modules/xstate/dist/raise.cjs.js:928:30)',
      '    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)',
    ].join('\n')
    const cause = {
      reason: 'error',
      name: 'Error',
      message: 'the file is empty',
      stack: 'Error: …',
      cause: 'a full disk',
    }
    const failure = { reason: 'error', name: 'TypeError', message: 'no rows', stack, cause } as const
    const { reporter, stderr } = reporting()
    await reporter.end(aReport({ runDir, outcomes: [aFailure({ failure })] }))
    expect(stderr.take().split('Failed jobs')[1]?.split('\n')).toEqual([
      ' (1)',
      '    ✗ mlp adult fold=2',
      '        TypeError: no rows, after 36 s',
      '        │ at read (/home/me/read.ts:3:9)',
      '        │ at default (/home/me/fit.ts:12:20)',
      '        │ caused by the file is empty',
      '        │ caused by a full disk',
      '',
    ])
  })

  test('END tells how far off a first estimate was, also when it was a thousand times too long', async () => {
    const { reporter, stderr } = reporting()
    await reporter.end(aReport({ durationS: 1, firstEstimate: { atS: 0, remainingS: 800, intervalS: null } }))
    expect(stderr.take()).toContain('it took 1.0 s (0.0013 ×)')
  })

  test.for([
    [{ jobs: 2, groups: 1 }, '  history    2 of 3 jobs known from earlier runs, by /runs/history.sqlite'],
    [{ jobs: 0, groups: 4 }, '  history    4 groups known from earlier runs, by /runs/history.sqlite'],
    [{ jobs: 0, groups: 0 }, null],
  ] as const)('END tells what was known from earlier runs: %o', async ([known, line]) => {
    const { reporter, stderr } = reporting()
    await reporter.end(aReport({ history: { path: '/runs/history.sqlite', ...known } }))
    const lines = stderr.take().split('\n')
    expect(lines.find(one => one.includes('history')) ?? null).toBe(line)
  })

  test('END quotes the standard output of a failed job whose standard error is empty, and says so', async () => {
    const runDir = await mkdtemp(join(tmpdir(), 'longshore-reports-'))
    onTestFinished(() => rm(runDir, { recursive: true }))
    await mkdir(join(runDir, 'logs'))
    await writeFile(join(runDir, 'logs', 'f1.err'), '\n \n')
    await writeFile(join(runDir, 'logs', 'f1.out'), 'epoch 1\nloss is nan\n')
    const { reporter, stderr } = reporting()
    await reporter.end(aReport({ runDir, outcomes: [aFailure()] }))
    const lines = stderr.take().split('\n')
    expect(lines.slice(lines.indexOf('  Failed jobs (1)') + 1)).toEqual([
      '    ✗ mlp adult fold=2',
      '        exit code 1, after 36 s',
      '        its standard error is empty; its standard output ends:',
      '        │ epoch 1',
      '        │ loss is nan',
      `        ${runDir}/logs/f1.out`,
      '',
    ])
  })

  test('END folds its lines between words on a narrow terminal', async () => {
    const { reporter, stderr } = reporting(undefined, { columns: 40, rows: 24 })
    const message = 'ran longer than its time limit of 3600 s'
    const outcomes = [
      aFailure({ failure: { reason: 'timeout', message } }),
      aFailure({ id: 's', status: 'succeeded', group: 'gradient boosting', durationS: 724 }),
    ]
    const groups = [{ group: 'gradient boosting', factor: 1.3, jobs: 1 }]
    await reporter.end(
      aReport({
        runDir: null,
        outcomes,
        groups,
        firstEstimate: { atS: 2, remainingS: 550, intervalS: null },
      }),
    )
    expect(stderr.take().split('\n')).toEqual([
      '── END REPORT ─── 2031-02-03 14:05:06 ──',
      '  start      2031-02-03 13:54:46',
      '  end        2031-02-03 14:05:06',
      '  duration   10m 20s',
      '  jobs       3: 2 succeeded, 1 failed',
      '  estimate   after 2.0 s, 9m 10s were',
      '             expected; it took 10m 18s',
      '             (1.12 ×)',
      '',
      '  Time factors (duration / estimate)',
      '    group          factor  jobs     mean',
      '    gradie…osting    1.30     1  12m 04s',
      '',
      '  Failed jobs (1)',
      '    ✗ mlp adult fold=2',
      '        ran longer than its time limit',
      '        of 3600 s, after 36 s',
      '',
    ])
  })

  test('END tells of twenty failed jobs, and how many more there are', async () => {
    const { reporter, stderr } = reporting()
    const outcomes = Array.from({ length: 1000 }, (_, i) => aFailure({ id: `f${i}`, name: `job ${i}` }))
    await reporter.end(aReport({ runDir: null, outcomes }))
    const text = stderr.take()
    expect(text.match(/✗/g)).toHaveLength(20)
    expect(text).toContain('… and 980 more: see results.jsonl')
  })
})

test('no plain report sends a control character, whatever the names are', async () => {
  await fc.assert(
    fc.asyncProperty(anyPicture, anyName, async (picture, name) => {
      const { clock, reporter, stderr } = reporting(() => picture)
      const failed = aFailure({ name, failure: { reason: 'error', message: name } })
      reporter.tell(BURST)
      reporter.tell(STARTED)
      clock.advance(30_000)
      reporter.tell({ type: 'job.ended', at: NOW, outcome: failed })
      const ramRatios = [{ id: 'a', name, peakRamGb: 1, requestedRamGb: 0 }]
      const groups = [{ group: name, factor: 1e9, jobs: 1 }]
      await reporter.end(aReport({ runDir: null, outcomes: [failed], groups, ramRatios }))
      expect(stderr.take().replaceAll('\n', '')).not.toMatch(/\p{Cc}|[\u202a-\u202e]/u)
    }),
  )
})

test('the end of a log is its last five lines that are not blank', () => {
  expect(lastLines('')).toEqual([])
  expect(lastLines('a\r\nb\r\n\n \n')).toEqual(['a', 'b'])
  expect(lastLines('1\n2\n3\n4\n5\n6')).toEqual(['2', '3', '4', '5', '6'])
})
